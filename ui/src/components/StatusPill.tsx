import classes from "./StatusPill.module.css";

export type Tone = "good" | "bad" | "wait" | "busy" | "idle";

/** A word for a state; the colour repeats what the word says. */
export function StatusPill({ tone, children }: { tone: Tone; children: React.ReactNode }) {
  return (
    <span className={classes.pill} data-tone={tone}>
      <span className={classes.dot} aria-hidden />
      {children}
    </span>
  );
}
