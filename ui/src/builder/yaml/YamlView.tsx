import { Text } from "@mantine/core";
import { CircleAlert, CircleDashed, TriangleAlert } from "lucide-react";
import { memo, useEffect, useMemo, useRef } from "react";
import { useMay } from "../../app/me";
import { faultWords, kindOf } from "../attention";
import type { DraftHandle } from "../draft";
import { Sentence } from "../Sentence";
import type { Draft, Fault } from "../types";
import { pieces } from "./highlight";
import classes from "./YamlView.module.css";

interface YamlViewProps {
  handle: DraftHandle;
  draft: Draft;
  selected: string | null;
}

/** Two sides of one draft: what is typed here is drawn on the canvas, what is done there is written here. */
export function YamlView({ handle, draft, selected }: YamlViewProps) {
  const editable = useMay("editor");
  const readable = useMay("operator");
  const area = useRef<HTMLTextAreaElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const { text, faults } = draft;
  const lines = useMemo(() => text.split("\n"), [text]);
  const byLine = useMemo(() => faultsByLine(faults), [faults]);
  useSelectedStep(frame, selected, lines);

  const goTo = (line: number) => {
    const field = area.current;
    if (!field) return;
    const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
    field.focus({ preventScroll: true });
    field.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
    showLine(frame.current, line);
  };

  if (!readable) return <Text size="sm">The text of a workflow is shown to operators and editors.</Text>;
  return (
    <div className={classes.view}>
      <div className={classes.frame} ref={frame}>
        <div className={classes.sheet}>
          <ol className={classes.numbers} aria-hidden>
            {lines.map((_, index) => (
              <li key={index} data-tone={toneOf(byLine.get(index + 1))}>
                {index + 1}
              </li>
            ))}
          </ol>
          <div className={classes.paper}>
            <Shaded lines={lines} byLine={byLine} />
            <textarea
              ref={area}
              className={classes.area}
              value={text}
              readOnly={!editable}
              onChange={(event) => void handle.setText(event.currentTarget.value)}
              onKeyDown={keepIndentation}
              aria-label={draft.format === "json" ? "The definition as JSON" : "The definition as YAML"}
              aria-describedby="definition-faults"
              spellCheck={false}
              autoCapitalize="off"
              autoComplete="off"
              autoCorrect="off"
              wrap="off"
              rows={lines.length}
            />
          </div>
        </div>
      </div>
      <section id="definition-faults" className={classes.faults} aria-label="Faults" aria-live="polite">
        {faults.length === 0 ? (
          <Text size="sm" c="dimmed">
            No faults. Comments, order and quotes stay as you write them, also when you edit on the canvas.
          </Text>
        ) : (
          faults.map((fault, index) => <FaultLine key={index} fault={fault} goTo={goTo} />)
        )}
      </section>
    </div>
  );
}

function FaultLine({ fault, goTo }: { fault: Fault; goTo: (line: number) => void }) {
  const { tone, word } = kindOf(fault);
  const Icon = { bad: CircleAlert, busy: CircleDashed, wait: TriangleAlert }[tone];
  const { line } = fault;
  const words = (
    <>
      <Icon size={15} aria-hidden className={classes.icon} />
      <span>
        <span className={classes.where}>
          {word}
          {line !== null && `, line ${line}`}
        </span>{" "}
        <Sentence>{fault.message}</Sentence>{" "}
        {fault.fix && (
          <span className={classes.fix}>
            <Sentence>{fault.fix}</Sentence>
          </span>
        )}
      </span>
    </>
  );
  return line === null ? (
    <div className={classes.fault} data-tone={tone}>
      {words}
    </div>
  ) : (
    <button type="button" className={classes.fault} data-tone={tone} onClick={() => goTo(line)}>
      {words}
    </button>
  );
}

/** The text in colours, beneath the field it is typed into. */
const Shaded = memo(function Shaded({ lines, byLine }: { lines: string[]; byLine: Map<number, Fault[]> }) {
  return (
    <pre className={classes.shaded} aria-hidden>
      {lines.map((line, index) => (
        <Line key={index} line={line} tone={toneOf(byLine.get(index + 1))} />
      ))}
    </pre>
  );
});

const Line = memo(function Line({ line, tone }: { line: string; tone: string | undefined }) {
  return (
    <span className={classes.line} data-tone={tone}>
      {pieces(line).map((piece, index) => (
        <span key={index} data-shade={piece.shade}>
          {piece.text}
        </span>
      ))}
      {"\n"}
    </span>
  );
});

function faultsByLine(faults: Fault[]): Map<number, Fault[]> {
  const found = new Map<number, Fault[]>();
  for (const fault of faults) {
    if (fault.line !== null) found.set(fault.line, [...(found.get(fault.line) ?? []), fault]);
  }
  return found;
}

function toneOf(faults: Fault[] | undefined): string | undefined {
  return faultWords(faults ?? [])?.tone;
}

/** Shows the step that is picked on the canvas. */
function useSelectedStep(frame: React.RefObject<HTMLDivElement | null>, selected: string | null, lines: string[]) {
  const latest = useRef(lines);
  latest.current = lines;
  useEffect(() => {
    if (selected === null || frame.current?.contains(document.activeElement)) return;
    const name = selected.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    const written = new RegExp(`\\bname"?\\s*:\\s*["']?${name}["']?\\s*(?:[,}#]|$)`);
    const line = latest.current.findIndex((one) => written.test(one) && !/type"?\s*:\s*"?(?:WorkflowP|JsonField)/.test(one));
    if (line >= 0) showLine(frame.current, line + 1);
  }, [frame, selected]);
}

function showLine(frame: HTMLElement | null, line: number): void {
  const shown = frame?.querySelectorAll("li")[line - 1];
  if (frame && shown) frame.scrollTop = Math.max(0, shown.offsetTop - frame.clientHeight / 3);
}

/** A new line begins where the one above began. */
function keepIndentation(event: React.KeyboardEvent<HTMLTextAreaElement>): void {
  if (event.key !== "Enter" || event.nativeEvent.isComposing || event.shiftKey || event.ctrlKey || event.metaKey) return;
  const { value, selectionStart } = event.currentTarget;
  const line = value.slice(value.lastIndexOf("\n", selectionStart - 1) + 1, selectionStart);
  const indentation = /^\s*(?:- )?/.exec(line)?.[0].replace("-", " ") ?? "";
  if (indentation === "") return;
  event.preventDefault();
  // The one way to insert that the browser's own undo knows.
  document.execCommand("insertText", false, `\n${indentation}`);
}
