import { type Broadcast, OUTCOMES } from "./broadcast";
import classes from "./Progress.module.css";

/** How many recipients have come how far: a bar, and the same in words. */
export function Progress({ of: one, brief = false }: { of: Broadcast; brief?: boolean }) {
  const parts = OUTCOMES.map(([outcome, words, tone]) => ({ outcome, words, tone, count: one.counts[outcome] ?? 0 })).filter(
    ({ count }) => count > 0,
  );
  // Whoever is left out counts for nothing: with the last message the bar is full.
  const all = parts.reduce((sum, { count }) => sum + count, 0);
  const over = parts
    .filter(({ outcome }) => !["waiting", "sending", "running"].includes(outcome))
    .reduce((sum, { count }) => sum + count, 0);
  if (all === 0) return <p className={classes.none}>{nothing(one, brief)}</p>;
  return (
    <div>
      <div className={classes.bar} aria-hidden>
        {parts
          .filter(({ outcome }) => outcome !== "waiting")
          .map(({ outcome, tone, count }) => (
            <span key={outcome} data-tone={tone} style={{ width: `${(count / all) * 100}%` }} />
          ))}
      </div>
      {brief ? (
        <span className={classes.brief}>
          {over.toLocaleString()} of {all.toLocaleString()}
        </span>
      ) : (
        <ul className={classes.legend}>
          {parts.map(({ outcome, words, tone, count }) => (
            <li key={outcome}>
              <span className={classes.dot} data-tone={tone} aria-hidden />
              <strong>{count.toLocaleString()}</strong> {words}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** Why nobody has got anything: it was not begun, or everybody on the list was left out. */
function nothing({ finished_at, stage }: Broadcast, brief: boolean): string {
  if (finished_at === null) return brief ? "Not started" : "Nothing has been sent yet.";
  if (brief || stage !== "completed") return brief ? "Sent to nobody" : "It was sent to nobody.";
  return "It was sent to nobody: everybody on the list was left out.";
}
