import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { PhoneOff } from "lucide-react";
import { useCallback } from "react";
import { ask } from "../../api/client";
import { explain, ProblemError } from "../../api/problem";
import { useMay } from "../../app/me";
import { ErrorNotice } from "../../components/ErrorNotice";
import { Loading } from "../../components/Loading";
import { Moment } from "../../components/Moment";
import { PageHeader } from "../../components/PageHeader";
import { StatusPill } from "../../components/StatusPill";
import { useChanges } from "../../live/feed";
import { Card, Facts } from "../../talk/Facts";
import classes from "../../talk/Page.module.css";
import { Settle } from "../../talk/Settle";
import type { Call, Line, Session } from "../../talk/shapes";
import { Waits } from "../../talk/Waits";
import { Who } from "../../talk/Who";
import { callState, costOf, isOver, isWhole, lasting, phone, plain, sessionState } from "../../talk/words";
import { Wrong } from "../../talk/Wrong";
import { AnswerTable } from "./AnswerTable";
import { Player } from "./Player";
import { Replay } from "./Replay";
import { Transcript } from "./Transcript";

/** One call: what is said on it as it is said, what was answered, and its recording. */
export function CallPage() {
  const { id = "" } = useParams({ strict: false });
  const operates = useMay("operator");
  const { call, session, lines, error, isPending } = useCall(id);
  const queries = useQueryClient();
  const hangUp = useMutation({
    mutationFn: () => ask<Call>(`/api/v1/calls/${id}/hangup`, { method: "POST" }),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ["calls"] }),
    onError: (problem) => notifications.show({ color: "red", message: explain(problem).sentence }),
  });
  if (isPending) return <Loading what="Loading the call" />;
  if (!call) {
    return (
      <div className={classes.page}>
        <PageHeader title="Call" />
        <div className={classes.body}>
          <ErrorNotice error={error} />
        </div>
      </div>
    );
  }
  const isIn = call.direction === "inbound";
  const person = isIn ? call.from : call.to;
  const theirs = <Who name={call.name} contact={call.contact} number={person} />;
  const talkedWith = isWhole(person) ? person : call.contact;
  const state = callState(call);
  const live = !isOver(call);
  return (
    <div className={classes.page}>
      <PageHeader
        title={`${isIn ? "Call from" : "Call to"} ${call.name ?? phone(person)}`}
        about={<StatusPill tone={state.tone}>{state.word}</StatusPill>}
      >
        {operates && live && (
          <Button
            color="red.9"
            leftSection={<PhoneOff size={16} aria-hidden />}
            loading={hangUp.isPending}
            onClick={() => hangUp.mutate()}
          >
            {call.stage === "held" || call.stage === "ready" ? "Do not call" : "Hang up"}
          </Button>
        )}
        {talkedWith && (
          <Button component={Link} to={`/inbox/${talkedWith}`} variant="default">
            Open the conversation
          </Button>
        )}
      </PageHeader>
      <div className={classes.body}>
        <div className={classes.columns}>
          <div className={classes.column}>
            {call.error && (
              <Card title={call.stage === "refused" ? "Why it was not placed" : "What went wrong"}>
                <Wrong error={call.error} />
              </Card>
            )}
            {call.stage === "held" && <Waits because={call.held_because} until={call.send_at} />}
            {call.stage === "unresolved" && operates && <Settle id={call.id} what="call" />}
            {call.recording && (
              <Card title="Recording">
                {operates ? (
                  <Player recording={call.recording} />
                ) : (
                  <p className={classes.words}>Operators may listen to it.</p>
                )}
              </Card>
            )}
            {session ? (
              <Card title={live ? "Transcript, as it is said" : "Transcript"}>
                <Transcript lines={lines} live={live} />
              </Card>
            ) : (
              <Card title="What is said">
                <p className={classes.words}>{call.message ?? (call.menu_prompt ? null : "Nothing is kept of what was said.")}</p>
                {call.menu_prompt && <p className={classes.words}>{call.menu_prompt}</p>}
              </Card>
            )}
          </div>
          <div className={classes.column}>
            {session && (
              <Card title="Answers">
                <AnswerTable session={session} />
              </Card>
            )}
            <Card title="About it">
              <Facts
                of={[
                  ["Outcome", isOver(call) ? state.word : "It goes on"],
                  ["Interview", session && sessionState(session).word],
                  ["Why it ended", session?.reason && plain(session.reason)],
                  ["Answered by", call.answered_by && plain(call.answered_by)],
                  ["Pressed", pressed(call)],
                  ["Lasted", call.duration ? lasting(call.duration) : null],
                  ["Cost", costOf(call.price, call.price_unit)],
                  ["From", isIn ? theirs : phone(call.from)],
                  ["To", isIn ? phone(call.to) : theirs],
                  ["Placed", <Moment key="c" at={call.created_at} />],
                  ["Picked up", call.started_at && <Moment at={call.started_at} />],
                  ["Ended", call.ended_at && <Moment at={call.ended_at} />],
                  [
                    "Run",
                    call.run && (
                      <Link to="/runs/$id" params={{ id: call.run }}>
                        {call.step ? `Step ${call.step}` : call.run}
                      </Link>
                    ),
                  ],
                  ["Twilio's id", call.sid],
                  ["Our id", call.id],
                ]}
              />
            </Card>
            {session && operates && !live && <Replay session={session.id} />}
          </div>
        </div>
      </div>
    </div>
  );
}

/** What was pressed: the key, where only one means that, and what it means. */
function pressed(call: Call): string | null {
  const keys = Object.keys(call.menu).filter((key) => call.menu[key] === call.pressed);
  return keys.length === 1 && keys[0] !== call.pressed ? `${keys[0]}, ${call.pressed}` : call.pressed;
}

function useCall(id: string) {
  const queries = useQueryClient();
  const call = useQuery({ queryKey: ["calls", "one", id], queryFn: () => ask<Call>(`/api/v1/calls/${id}`) });
  const sessionId = call.data?.session ?? null;
  const session = useQuery({
    queryKey: ["sessions", "one", id],
    queryFn: () => orNothing(ask<Session>(`/api/v1/sessions/${sessionId}`)),
    enabled: sessionId !== null,
  });
  const lines = useQuery({
    queryKey: ["sessions", "one", id, "transcript"],
    queryFn: () => orNothing(ask<Line[]>(`/api/v1/sessions/${sessionId}/transcript`)),
    enabled: sessionId !== null,
  });
  // What is said on a call is news of its session.
  const changed = useCallback(
    (ref: string) => {
      if (ref === "*" || ref === sessionId) void queries.invalidateQueries({ queryKey: ["sessions", "one", id] });
    },
    [queries, sessionId, id],
  );
  useChanges("sessions", changed);
  return {
    call: call.data,
    session: session.data ?? null,
    lines: lines.data ?? [],
    error: call.error,
    isPending: call.isPending,
  };
}

/** What may be gone by now. */
async function orNothing<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ProblemError && error.status === 404) return null;
    throw error;
  }
}
