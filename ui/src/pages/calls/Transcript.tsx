import { useEffect, useRef } from "react";
import type { Line } from "../../talk/shapes";
import { noteWords } from "./note";
import classes from "./Transcript.module.css";

const TIME = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const HOW: Record<string, string> = { speech: "spoken", keypad: "by keys", text: "by text", silence: "silence" };

/** What was said and heard; while the call goes on the newest line stays in sight. */
export function Transcript({ lines, live }: { lines: Line[]; live: boolean }) {
  const end = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (live) end.current?.scrollIntoView({ block: "nearest" });
  }, [lines.length, live]);
  if (lines.length === 0) {
    return <p className={classes.note}>{live ? "Nothing has been said yet." : "Nothing was said."}</p>;
  }
  return (
    <ol className={classes.lines} aria-live={live ? "polite" : undefined}>
      {lines.map((line, n) => (
        <li
          key={`${line.at}/${n}`}
          ref={n === lines.length - 1 ? end : undefined}
          className={classes.line}
          data-who={line.who}
        >
          {line.who === "note" ? (
            <span className={classes.note}>{noteWords(line.text)}</span>
          ) : (
            <>
              <span className={classes.who}>{line.who === "us" ? "We said" : "They said"}</span>
              <span className={classes.text}>{line.text}</span>
              <span className={classes.more}>
                {TIME.format(new Date(line.at))}
                {line.how && `, ${HOW[line.how] ?? line.how}`}
                {line.confidence !== null && `, heard with ${Math.round(line.confidence * 100)} % confidence`}
              </span>
            </>
          )}
        </li>
      ))}
    </ol>
  );
}
