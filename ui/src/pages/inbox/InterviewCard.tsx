import { Link } from "@tanstack/react-router";
import { MessagesSquare } from "lucide-react";
import { Moment } from "../../components/Moment";
import { StatusPill } from "../../components/StatusPill";
import type { Session } from "../../talk/shapes";
import { channelName, plain, sessionState } from "../../talk/words";
import classes from "./Inbox.module.css";
import { WithNumber } from "./WithNumber";

/** An interview over text: how far it is, and what was answered. */
export function InterviewCard({ session }: { session: Session }) {
  const state = sessionState(session);
  return (
    <article className={classes.card} data-ours aria-label="Interview">
      <div className={classes.cardHead}>
        <MessagesSquare size={16} aria-hidden />
        <span>Interview by {channelName(session.channel)}</span>
        <StatusPill tone={state.tone}>{state.word}</StatusPill>
      </div>
      <Answers session={session} />
      <div className={classes.under}>
        <Moment at={session.created_at} />
        <WithNumber number={session.person} isTheirs={false} />
        {session.reason && <span>{session.reason}</span>}
        {session.run_id && (
          <Link to="/runs/$id" params={{ id: session.run_id }}>
            Run
          </Link>
        )}
      </div>
    </article>
  );
}

/** What was answered, question by question. */
export function Answers({ session }: { session: Session }) {
  const answers = Object.entries(session.answers);
  if (!answers.length) return null;
  return (
    <dl className={classes.answers}>
      {answers.map(([question, answer]) => (
        <AnswerLine key={question} question={question} answer={answer} />
      ))}
    </dl>
  );
}

function AnswerLine({ question, answer }: { question: string; answer: Record<string, unknown> }) {
  return (
    <>
      <dt>{plain(question)}</dt>
      <dd>{answerText(answer)}</dd>
    </>
  );
}

/** An answer as people say it. */
export function answerText(answer: Record<string, unknown>): string {
  const value = answer.value;
  if (typeof value === "boolean") return value ? "Yes" : "No";
  if (typeof value === "number") return value.toLocaleString();
  if (typeof answer.text === "string" && answer.text) return answer.text;
  if (value !== null && value !== undefined && value !== "") return String(value);
  return plain(String(answer.status ?? "no answer"));
}
