import { ActionIcon, Button, Slider } from "@mantine/core";
import { Download, Pause, Play } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { lasting } from "../../talk/words";
import classes from "./Player.module.css";

const SPEEDS = [1, 1.25, 1.5, 2];

/** Plays a recording; the browser asks for the parts it needs. Space and arrows work on its buttons and slider. */
export function Player({ recording }: { recording: string }) {
  const sound = useRef<HTMLAudioElement>(null);
  const [plays, setPlays] = useState(false);
  const [at, setAt] = useState(0);
  const [whole, setWhole] = useState(0);
  const [speed, setSpeed] = useState(1);
  const [failed, setFailed] = useState(false);
  const address = `/api/v1/recordings/${recording}`;
  useEffect(() => {
    if (sound.current) sound.current.playbackRate = speed;
  }, [speed]);
  const toggle = () => {
    if (!sound.current) return;
    if (plays) sound.current.pause();
    else void sound.current.play().catch(() => setFailed(true));
  };
  return (
    <div className={classes.player} role="group" aria-label="Recording">
      <audio
        ref={sound}
        src={address}
        preload="metadata"
        onPlay={() => setPlays(true)}
        onPause={() => setPlays(false)}
        onTimeUpdate={(event) => setAt(event.currentTarget.currentTime)}
        onDurationChange={(event) => {
          const { duration } = event.currentTarget;
          setWhole(Number.isFinite(duration) ? duration : 0);
        }}
        onError={() => setFailed(true)}
      />
      <ActionIcon size={40} radius="xl" onClick={toggle} aria-label={plays ? "Pause" : "Play"} disabled={failed}>
        {plays ? <Pause size={18} /> : <Play size={18} />}
      </ActionIcon>
      <div className={classes.slider}>
        <Slider
          thumbLabel="Position"
          min={0}
          max={Math.max(whole, 0.1)}
          step={0.1}
          value={at}
          label={(value) => lasting(value)}
          disabled={failed || whole === 0}
          thumbProps={{ "aria-valuetext": `${lasting(at)} of ${lasting(whole)}` }}
          onChange={(value) => {
            setAt(value);
            if (sound.current) sound.current.currentTime = value;
          }}
        />
      </div>
      <span className={`${classes.time} rl-figures`}>
        {lasting(at)} / {lasting(whole)}
      </span>
      <Button
        size="xs"
        variant="default"
        onClick={() => setSpeed(SPEEDS[(SPEEDS.indexOf(speed) + 1) % SPEEDS.length] ?? 1)}
        aria-label={`Speed, now ${speed} times`}
      >
        {speed}×
      </Button>
      <ActionIcon
        component="a"
        href={address}
        download={`${recording}.wav`}
        variant="default"
        size="lg"
        aria-label="Download the recording"
      >
        <Download size={16} />
      </ActionIcon>
      {failed && (
        <p className={classes.failed} role="status">
          The recording cannot be played: it is still being fetched from Twilio, or it is gone.
        </p>
      )}
    </div>
  );
}
