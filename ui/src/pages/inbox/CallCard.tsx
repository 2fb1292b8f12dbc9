import { Link } from "@tanstack/react-router";
import { PhoneIncoming, PhoneOutgoing } from "lucide-react";
import { Moment } from "../../components/Moment";
import { StatusPill } from "../../components/StatusPill";
import type { Call, Session } from "../../talk/shapes";
import { callState, costOf, lasting } from "../../talk/words";
import { Wrong } from "../../talk/Wrong";
import { Answers } from "./InterviewCard";
import classes from "./Inbox.module.css";
import { WithNumber } from "./WithNumber";

/** A call among the messages, or on the page of its run: how it ended, what was answered, and the way to all of it. */
export function CallCard({ call, session, isInRun = false }: { call: Call; session: Session | null; isInRun?: boolean }) {
  const isOurs = call.direction === "outbound";
  const state = callState(call);
  return (
    <article className={classes.card} data-ours={isOurs || undefined} aria-label={isOurs ? "We called" : "They called"}>
      <div className={classes.cardHead}>
        {isOurs ? <PhoneOutgoing size={16} aria-hidden /> : <PhoneIncoming size={16} aria-hidden />}
        <span>{isOurs ? "We called" : "They called"}</span>
        <StatusPill tone={state.tone}>{state.word}</StatusPill>
      </div>
      {call.message && <p className={classes.said}>“{call.message}”</p>}
      {session && <Answers session={session} />}
      {state.tone === "bad" && <Wrong error={call.error} />}
      <div className={classes.under}>
        <Moment at={call.created_at} />
        <WithNumber number={isOurs ? call.to : call.from} isTheirs={!isOurs} />
        {call.duration ? <span>{lasting(call.duration)}</span> : null}
        {call.price !== null && <span>{costOf(call.price, call.price_unit)}</span>}
        {call.run && !isInRun && (
          <Link to="/runs/$id" params={{ id: call.run }}>
            Run
          </Link>
        )}
        <Link to="/calls/$id" params={{ id: call.id }}>
          {call.recording ? "Transcript and recording" : "Details"}
        </Link>
      </div>
    </article>
  );
}
