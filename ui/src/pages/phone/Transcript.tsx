import { useLayoutEffect, useRef } from "react";
import type { Heard, Line } from "./shapes";
import classes from "./Transcript.module.css";
import { asValue } from "./words";

/** What is said on a call, and under each answer what it was taken for. */
export function Transcript({ lines, heard }: { lines: Line[]; heard: Heard[] }) {
  const box = useRef<HTMLDivElement>(null);
  const rows = beside(gathered(lines), heard);
  useLayoutEffect(() => {
    box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [lines, heard.length]);
  return (
    <div ref={box} className={classes.lines} role="log" aria-label="What is said" tabIndex={0}>
      {rows.map(({ line, found }) => (
        <div key={`${line.at} ${line.who} ${line.text}`} className={classes.line} data-who={line.who}>
          <span className="rl-only-heard">{line.who === "us" ? "They say: " : "You: "}</span>
          <span className={classes.words}>{line.kind === "keys" ? `⌨ ${line.text}` : line.text}</span>
          {found && <Understood heard={found} />}
        </div>
      ))}
    </div>
  );
}

function Understood({ heard }: { heard: Heard }) {
  const isTaken = heard.status === "ok" || heard.status === "defaulted";
  const reasons = heard.evidence.filter((reason) => !reason.includes(`“${heard.text}”`));
  return (
    <span className={classes.found} data-taken={isTaken || undefined}>
      {isTaken ? (
        <>
          understood <b>{asValue(heard.value)}</b> · {Math.round(heard.confidence * 100)}% sure
        </>
      ) : (
        <b>{STATUS[heard.status] ?? heard.status.replaceAll("_", " ")}</b>
      )}
      {reasons.length > 0 && <span>{reasons.slice(0, 2).join("; ")}</span>}
      {heard.leads_to && heard.leads_to !== heard.question && (
        <span>
          → {heard.leads_to}
          {heard.because && ` (${heard.because})`}
        </span>
      )}
      {heard.leads_to === heard.question && <span>→ asked again</span>}
    </span>
  );
}

const STATUS: Record<string, string> = {
  no_match: "not understood",
  ambiguous: "could be several things",
  out_of_range: "outside what was asked for",
  refused: "taken for a refusal",
  dont_know: "taken for “I do not know”",
  meta: "taken for a wish, not an answer",
  silence: "taken for silence",
};

interface Row {
  line: Line;
  found?: Heard;
}

/** Keys that were pressed one after another are one line. */
function gathered(lines: Line[]): Line[] {
  const rows: Line[] = [];
  for (const line of lines) {
    const last = rows.at(-1);
    if (line.kind === "keys" && last?.kind === "keys") rows[rows.length - 1] = { ...last, text: last.text + line.text };
    else rows.push(line);
  }
  return rows;
}

/** Each thing that was understood beside the line in which it was said. */
function beside(lines: Line[], heard: Heard[]): Row[] {
  const open = heard.filter((one) => one.how !== "silence");
  let next = 0;
  return lines.map((line) => {
    if (line.who !== "them" || next >= open.length) return { line };
    const said = open[next];
    const fits = said && (said.how === "keypad" ? line.kind === "keys" : line.kind === "said");
    if (!fits) return { line };
    next += 1;
    return { line, found: said };
  });
}
