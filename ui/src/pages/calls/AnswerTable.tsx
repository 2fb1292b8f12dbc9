import { StatusPill, type Tone } from "../../components/StatusPill";
import type { Session } from "../../talk/shapes";
import { plain } from "../../talk/words";
import { answerText } from "../inbox/InterviewCard";
import classes from "./AnswerTable.module.css";

const TONES: Record<string, Tone> = { answered: "good", ok: "good", skipped: "idle", refused: "bad", no_answer: "wait" };

/** What was answered: the value, how sure it is, and in which words it was said. */
export function AnswerTable({ session }: { session: Session }) {
  const answers = Object.entries(session.answers);
  if (answers.length === 0) {
    return <p className={classes.none}>{session.outcome ? "Nothing was answered." : "Nothing has been answered yet."}</p>;
  }
  return (
    <dl className={classes.answers}>
      {answers.map(([question, answer]) => (
        <div key={question} className={classes.answer}>
          <dt>
            {plain(question)} <StatusPill tone={toneOf(answer)}>{plain(String(answer.status ?? ""))}</StatusPill>
          </dt>
          <dd>
            <strong>{answerText(answer)}</strong>
            {Boolean(answer.raw) && String(answer.raw) !== answerText(answer) && <q>{String(answer.raw)}</q>}
            <span className={classes.sure}>{sureness(answer)}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function toneOf(answer: Record<string, unknown>): Tone {
  return TONES[String(answer.status)] ?? "idle";
}

/** How sure the answer is, and why: the rules that found it, and whether the person confirmed it. */
function sureness(answer: Record<string, unknown>): string {
  const evidence = Array.isArray(answer.evidence) ? answer.evidence.map(said).filter(Boolean) : [];
  const parts = [
    typeof answer.confidence === "number" ? `${Math.round(answer.confidence * 100)}% sure` : "",
    answer.confirmed ? "confirmed by them" : "",
    typeof answer.how === "string" && answer.how ? `by ${answer.how}` : "",
    typeof answer.asked === "number" && answer.asked > 1 ? `asked ${answer.asked} times` : "",
    evidence.length ? `since ${evidence.slice(0, 3).join(", ")}` : "",
  ];
  return parts.filter(Boolean).join("; ");
}

function said(piece: unknown): string {
  if (typeof piece === "string") return piece;
  if (piece && typeof piece === "object") {
    const found = Object.values(piece as Record<string, unknown>).find((value) => typeof value === "string");
    return found ? String(found) : "";
  }
  return "";
}
