import { BatteryFull, Signal, SignalZero } from "lucide-react";
import { useEffect, useState } from "react";
import { simulatedNow, useTime } from "./desk";
import { useZone } from "./screens";
import classes from "./StatusBar.module.css";
import { timeOfDay } from "./words";

/** The simulated moment, renewed every second while time passes. */
export function useNow(): number {
  const clock = useTime((state) => state.clock);
  const [now, setNow] = useState(simulatedNow);
  useEffect(() => {
    setNow(simulatedNow());
    if (clock?.frozen) return undefined;
    const beat = setInterval(() => setNow(simulatedNow()), 1_000);
    return () => clearInterval(beat);
  }, [clock]);
  return now;
}

/** The line on top of a phone's screen. */
export function StatusBar({ signal, light = false }: { signal: boolean; light?: boolean }) {
  const zone = useZone();
  const now = useNow();
  return (
    <div className={classes.bar} data-light={light || undefined}>
      <time className="rl-figures">{timeOfDay(now, zone)}</time>
      <span className={classes.island} aria-hidden />
      <span className={classes.signs}>
        {signal ? (
          <Signal size={14} role="img" aria-label="Signal" />
        ) : (
          <SignalZero size={14} role="img" aria-label="No signal" />
        )}
        <BatteryFull size={16} aria-hidden />
      </span>
    </div>
  );
}
