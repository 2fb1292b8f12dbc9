import { Text } from "@mantine/core";
import { Sentence } from "../Sentence";
import type { Diff, DiffLine } from "../types";
import classes from "./DiffView.module.css";

const SIGNS: Record<DiffLine["kind"], string> = { same: " ", added: "+", removed: "−" };
const WORDS: Record<DiffLine["kind"], string> = { same: "", added: "added: ", removed: "removed: " };

/** What differs: a sentence for each thing, and the lines beneath. */
export function DiffView({ diff, label }: { diff: Diff; label: string }) {
  if (diff.lines.length === 0) return <Text size="sm">Nothing differs.</Text>;
  return (
    <div className={classes.diff}>
      <ul className={classes.summary}>
        {diff.summary.map((one) => (
          <li key={one.sentence} data-kind={one.kind}>
            <Sentence>{one.sentence}</Sentence>
          </li>
        ))}
      </ul>
      <div className={classes.box} role="region" aria-label={label} tabIndex={0}>
        {diff.lines.map((hunk, index) => (
          <div key={index} className={classes.hunk}>
            {hunk.map((line, place) => (
              <div key={place} className={classes.line} data-kind={line.kind}>
                <span className={classes.number} aria-hidden>
                  {line.old ?? ""}
                </span>
                <span className={classes.number} aria-hidden>
                  {line.new ?? ""}
                </span>
                <span className={classes.sign} aria-hidden>
                  {SIGNS[line.kind]}
                </span>
                <code className={classes.text}>
                  {line.kind !== "same" && <span className={classes.hidden}>{WORDS[line.kind]}</span>}
                  {line.text || " "}
                </code>
              </div>
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}
