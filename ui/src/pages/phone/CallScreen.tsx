import {
  Grid3x3,
  Keyboard,
  Mic,
  MicOff,
  Phone,
  PhoneOff,
  SendHorizontal,
  Timer,
  Voicemail,
  Volume2,
  VolumeOff,
} from "lucide-react";
import { useCallback, useEffect, useState } from "react";
import { Chips } from "./Chips";
import classes from "./CallScreen.module.css";
import { hands, simulatedNow, useCallEvents, useHearing } from "./desk";
import { complain } from "./Dialler";
import { KeysInput } from "./KeysInput";
import { SaveScenario } from "./SaveScenario";
import type { CallEvent, LiveCall, PhoneView } from "./shapes";
import { beep, endTone, useSound } from "./sound";
import { hush, speak, useMicrophone, useVoice } from "./speech";
import { StatusBar, useNow } from "./StatusBar";
import { Transcript } from "./Transcript";
import { asDuration, written } from "./words";

/** A phone in a call: ringing, talking, or just over. */
export function CallScreen({ view, call, close }: { view: PhoneView; call: LiveCall; close: () => void }) {
  const rings = call.status === "ringing" && call.direction !== "inbound";
  return (
    <div className={classes.call}>
      <StatusBar signal={view.signal} light />
      {rings ? <Ringing view={view} call={call} /> : <Talking view={view} call={call} close={close} />}
    </div>
  );
}

function Ringing({ view, call }: { view: PhoneView; call: LiveCall }) {
  const now = useNow();
  const left = call.until === null ? null : Math.max(0, Math.round(call.until - now));
  const react = (what: "pick_up" | "decline" | "voicemail") => void hands.react(view.number, what).catch(complain);
  return (
    <div className={classes.ringing}>
      <div className={classes.caller} role="alert">
        <span className="rl-only-heard">{view.name}'s phone rings: </span>
        <span className={classes.kind}>Incoming call</span>
        <strong className="rl-figures">{written(call.from)}</strong>
      </div>
      <div className={classes.waves} aria-hidden>
        <span />
        <span />
        <span />
        <Phone size={34} />
      </div>
      <p className={classes.left} aria-hidden={left !== null && left % 10 !== 0}>
        {left === null ? "Rings" : `Rings for ${left} s more`}
      </p>
      <div className={classes.choice}>
        <div>
          <button type="button" className={classes.decline} onClick={() => react("decline")}>
            <PhoneOff size={25} aria-hidden />
            <span className="rl-only-heard">Decline</span>
          </button>
          <span aria-hidden>Decline</span>
        </div>
        <div>
          <button type="button" className={classes.aside} onClick={() => react("voicemail")}>
            <Voicemail size={21} aria-hidden />
            <span className="rl-only-heard">To voicemail</span>
          </button>
          <span aria-hidden>Voicemail</span>
        </div>
        <div>
          <button type="button" className={classes.accept} onClick={() => react("pick_up")}>
            <Phone size={25} aria-hidden />
            <span className="rl-only-heard">Accept</span>
          </button>
          <span aria-hidden>Accept</span>
        </div>
      </div>
    </div>
  );
}

function Talking({ view, call, close }: { view: PhoneView; call: LiveCall; close: () => void }) {
  const isOver = !["ringing", "in-progress"].includes(call.status);
  const byMachine = call.reaction === "machine";
  const hearing = useHearing(view.number, call.sid, call.answered !== null);
  const { muted, speaks } = useSound();
  const cannotSpeak = useVoice((state) => state.fails);
  const [micOff, setMicOff] = useState(false);
  const [pad, setPad] = useState(false);
  const language = call.question?.language ?? "en-US";
  useAloud(call.sid, language);
  const other = written(call.direction === "inbound" ? call.to : call.from);
  const silent = () => void hands.silent(view.number).catch(complain);
  return (
    <div className={classes.talking}>
      <div className={classes.top}>
        <strong className="rl-figures">{other}</strong>
        <span className={classes.state}>
          {isOver ? (
            `Call ended · ${asDuration(call.duration)}`
          ) : call.answered === null ? (
            "Calling…"
          ) : (
            <>
              {byMachine && "Voicemail · "}
              <Since moment={call.answered} />
            </>
          )}
        </span>
      </div>
      <Transcript lines={call.lines} heard={hearing?.heard ?? []} />
      {isOver ? (
        <div className={classes.over}>
          <SaveScenario phone={view.number} />
          <button type="button" className={classes.done} onClick={close}>
            Done
          </button>
        </div>
      ) : (
        <>
          {call.question && !byMachine && !pad && (
            <Chips view={view} sid={call.sid} question={call.question} hearing={hearing} />
          )}
          {pad ? (
            <KeysInput view={view} sid={call.sid} question={call.question} hearing={hearing} />
          ) : (
            !byMachine && <WordsInput view={view} language={language} micOff={micOff} />
          )}
          <div className={classes.controls} role="group" aria-label="Call controls">
            <Control label={pad ? "Type" : "Keypad"} on={pad} press={() => setPad(!pad)}>
              {pad ? <Keyboard size={19} aria-hidden /> : <Grid3x3 size={19} aria-hidden />}
            </Control>
            <Control label="Mute" on={micOff} press={() => setMicOff(!micOff)}>
              {micOff ? <MicOff size={19} aria-hidden /> : <Mic size={19} aria-hidden />}
            </Control>
            <Control
              label={cannotSpeak ? "Text only" : "Speaker"}
              on={!cannotSpeak && !muted && speaks}
              press={() => {
                hush();
                useSound.setState({ speaks: !speaks });
              }}
            >
              {!cannotSpeak && speaks ? <Volume2 size={19} aria-hidden /> : <VolumeOff size={19} aria-hidden />}
            </Control>
            <Control label="Stay silent" press={silent} off={!call.question}>
              <Timer size={19} aria-hidden />
            </Control>
            <Control label="Hang up" end press={() => void hands.hangUp(view.number).catch(complain)}>
              <PhoneOff size={19} aria-hidden />
            </Control>
          </div>
        </>
      )}
    </div>
  );
}

/** Speak what is said on the call, and sound its tones. */
function useAloud(sid: string, language: string): void {
  const listen = useCallback(
    (event: CallEvent) => {
      if (event.sid !== sid) return;
      if (event.kind === "said") speak(event.text, language);
      else if (event.kind === "beep") beep();
      else if (event.kind === "heard" || event.kind === "keys") hush();
      else if (event.kind === "status" && event.text !== "in-progress") {
        hush();
        endTone();
      }
    },
    [sid, language],
  );
  useCallEvents(listen);
}

function Since({ moment }: { moment: number }) {
  useNow();
  return <span className="rl-figures">{asDuration(simulatedNow() - moment)}</span>;
}

function Control({
  label,
  on,
  off = false,
  end = false,
  press,
  children,
}: {
  label: string;
  on?: boolean;
  off?: boolean;
  end?: boolean;
  press: () => void;
  children: React.ReactNode;
}) {
  return (
    <button type="button" className={classes.control} onClick={press} aria-pressed={on} disabled={off} data-end={end || undefined}>
      {children}
      <span>{label}</span>
    </button>
  );
}

/** Speak into the call by typing or by the microphone. Nobody hurries who has begun. */
function WordsInput({ view, language, micOff }: { view: PhoneView; language: string; micOff: boolean }) {
  const [text, setText] = useState("");
  const { listening, trouble, start, stop } = useMicrophone(language, setText);
  useEffect(() => {
    if (micOff) stop();
  }, [micOff, stop]);
  const say = () => {
    stop();
    if (!text.trim()) return;
    setText("");
    void hands.say(view.number, text.trim()).catch(complain);
  };
  return (
    <div>
      <form
        className={classes.say}
        onSubmit={(event) => {
          event.preventDefault();
          say();
        }}
      >
        <button
          type="button"
          className={classes.mic}
          data-on={listening || undefined}
          onClick={listening ? stop : start}
          disabled={micOff}
          aria-pressed={listening}
          aria-label={listening ? "Stop listening" : "Speak by the microphone"}
        >
          <Mic size={18} aria-hidden />
        </button>
        <input
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          placeholder={listening ? "Listening…" : "Say something"}
          aria-label="What you say"
          autoComplete="off"
          disabled={micOff}
        />
        <button type="submit" className={classes.mic} aria-label="Say it" disabled={!text.trim()}>
          <SendHorizontal size={17} aria-hidden />
        </button>
      </form>
      {(trouble ?? micOff) && (
        <p className={classes.trouble} role="status">
          {micOff ? "You are muted: nobody hears you." : trouble}
        </p>
      )}
    </div>
  );
}
