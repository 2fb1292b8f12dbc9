import { Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { CircleAlert, Clock, CornerDownRight } from "lucide-react";
import { toneOfEnd } from "../../builder/run/states";
import { lostTo, type Unsent, unsentOf } from "../../builder/run/unsent";
import { Sentence } from "../../builder/Sentence";
import type { Graph, StepNode } from "../../builder/types";
import { EmptyState } from "../../components/EmptyState";
import { Moment } from "../../components/Moment";
import { StatusPill } from "../../components/StatusPill";
import { CallCard } from "../inbox/CallCard";
import { InterviewCard } from "../inbox/InterviewCard";
import { RetryFrom } from "./Actions";
import { Answer, Sent } from "./Bubbles";
import classes from "./Run.module.css";
import type { Entry, Run, Step, Timeline } from "./shapes";

/** What happened, step by step, in the order in which the steps began. */
export function Steps({
  run,
  timeline,
  graph,
  selected,
  onSelect,
}: {
  run: Run;
  timeline: Timeline;
  graph: Graph | undefined;
  selected: string | null;
  onSelect: (step: string) => void;
}) {
  const titles = new Map(graph?.steps.map((step) => [step.id, step]));
  const unsent = unsentOf(timeline.steps.flatMap((step) => step.messages).reverse());
  const whole = timeline.entries.filter(({ kind }) => kind !== "completed");
  return (
    <div className={classes.steps}>
      {run.error && (
        <div className={classes.wrong} role="note">
          <CircleAlert size={16} aria-hidden />
          <div>
            <strong>
              <Sentence>{run.error.message}</Sentence>
            </strong>
            {run.error.fix && (
              <p>
                <Sentence>{run.error.fix}</Sentence>
              </p>
            )}
          </div>
        </div>
      )}
      <ol className={classes.line}>
        {whole.map((entry) => (
          <Whole key={`${entry.kind} ${entry.at}`} entry={entry} />
        ))}
        {timeline.steps.map((step) => (
          <StepOf
            key={step.step}
            run={run}
            step={step}
            node={titles.get(step.step)}
            unsent={unsent}
            selected={selected === step.step}
            onSelect={onSelect}
          />
        ))}
        {timeline.entries
          .filter(({ kind }) => kind === "completed")
          .map((entry) => (
            <Whole key={entry.at} entry={entry} />
          ))}
      </ol>
      {timeline.steps.length === 0 && run.status === "running" && (
        <EmptyState title="It has just begun">What happens is shown here as it happens.</EmptyState>
      )}
    </div>
  );
}

function Whole({ entry }: { entry: Entry }) {
  return (
    <li className={classes.whole}>
      <span>
        <Sentence>{entry.text}</Sentence>
      </span>
      <Moment at={entry.at} />
    </li>
  );
}

function StepOf({
  run,
  step,
  node,
  unsent,
  selected,
  onSelect,
}: {
  run: Run;
  step: Step;
  node: StepNode | undefined;
  unsent: ReadonlyMap<string, Unsent>;
  selected: boolean;
  onSelect: (step: string) => void;
}) {
  const talk = [
    ...step.messages.map((message) => ({ at: message.created_at ?? step.began_at, show: <Sent message={message} /> })),
    ...step.replies.map((reply) => ({ at: reply.at, show: <Answer reply={reply} /> })),
    ...step.calls.map((call) => ({
      at: call.created_at,
      show: <CallCard call={call} session={step.sessions.find(({ id }) => id === call.session) ?? null} isInRun />,
    })),
    ...step.sessions
      .filter((session) => !step.calls.some((call) => call.session === session.id))
      .map((session) => ({ at: session.created_at, show: <InterviewCard session={session} /> })),
  ].sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
  // What a message says of itself need not be said twice.
  const said = step.error && talk.length > 0 && step.messages.some((message) => message.error !== null);
  const ended = node && step.outcome && step.ended_at && !step.error ? toneOfEnd(step.outcome, node.outcomes) : step.state.tone;
  // It was sent, and what became of it afterwards is what matters.
  const lost = ended === "good" ? unsent.get(step.step) : undefined;
  const { tone, word } = lost ? { tone: "bad" as const, word: lost.word } : { tone: ended, word: step.state.word };
  const told = step.entries.filter(({ kind }) => kind === "step_retried" || kind === "jumped_back");
  return (
    <li id={`step-${step.step}`} className={classes.step} data-tone={tone} data-selected={selected || undefined}>
      <div className={classes.stepHead}>
        <h2 className={classes.stepName}>
          <button type="button" className={classes.pick} aria-pressed={selected} onClick={() => onSelect(step.step)}>
            {node?.title ?? step.step}
          </button>
        </h2>
        {node && <span className={classes.kind}>{node.service}</span>}
        <StatusPill tone={tone}>{word}</StatusPill>
        <span className={classes.when}>
          <Moment at={step.ended_at ?? step.began_at} />
        </span>
      </div>
      {talk.length > 0 && (
        <div className={classes.talk}>
          {talk.map(({ at, show }, index) => (
            <div key={`${at} ${index}`}>{show}</div>
          ))}
        </div>
      )}
      {told.map((entry) => (
        <Text key={entry.at} size="sm" c="dimmed">
          <Sentence>{entry.text}</Sentence>
        </Text>
      ))}
      {step.wait && (
        <p className={classes.wait}>
          <Clock size={15} aria-hidden />
          <span>
            <Sentence>{step.wait.text}</Sentence>
            {lostTo(step.wait.keys, unsent) && " The text before it did not arrive."}
            {step.wait.until && (
              <>
                {" "}
                At the latest until <Moment at={step.wait.until} />.
              </>
            )}
          </span>
        </p>
      )}
      {step.error && !said && (
        <div className={classes.wrong}>
          <CircleAlert size={16} aria-hidden />
          <div>
            <strong>
              <Sentence>{step.error.message}</Sentence>
            </strong>
            {step.error.fix && (
              <p>
                <Sentence>{step.error.fix}</Sentence>
              </p>
            )}
          </div>
        </div>
      )}
      {step.runs.map((id) => (
        <p key={id} className={classes.child}>
          <CornerDownRight size={15} aria-hidden />
          <Link to="/runs/$id" params={{ id }}>
            The run it started
          </Link>
        </p>
      ))}
      <RetryFrom run={run} step={step} title={node?.title ?? step.step} />
    </li>
  );
}
