import { Anchor } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Moment } from "../../components/Moment";
import { StatusPill } from "../../components/StatusPill";
import { Sentence } from "../Sentence";
import type { Draft, StepNode, StepState } from "../types";
import { InterviewNow } from "./InterviewNow";
import classes from "./RunPanel.module.css";
import { detailOf, type RunEvent } from "./states";
import type { Unsent } from "./unsent";
import { toneOfRun, type Watched } from "./use-run";

/** How a run that was started here goes on: its status, its steps, its outputs. */
export function RunNews({ draft, watched: { run, events, picture, unsent }, focusStep }: { draft: Draft; watched: Watched; focusStep: (id: string) => void }) {
  if (!run) return null;
  const titles = new Map(draft.graph.steps.map((step) => [step.id, step.title]));
  const outputs = run.outputs?.[0] ?? {};
  const told = events.filter((event) => event.kind !== "wait_ended" && event.step !== null && titles.has(event.step));
  const given = Object.entries(outputs).filter(([, value]) => value !== null && value !== undefined);
  return (
    <section className={classes.news} aria-label="The run">
      <header className={classes.newsHead}>
        <h2 className={classes.heading}>Run</h2>
        <span role="status">
          <StatusPill tone={toneOfRun(run.status)}>{run.status}</StatusPill>
        </span>
        <Anchor component={Link} to={`/runs/${run.id}`} size="sm" ml="auto">
          Show all of it
        </Anchor>
      </header>
      {run.error && (
        <p className={classes.error}>
          <Sentence>{run.error.message}</Sentence>
          {run.error.fix && (
            <span>
              {" "}
              <Sentence>{run.error.fix}</Sentence>
            </span>
          )}
        </p>
      )}
      <ol className={classes.events}>
        {told.map((event, index) => (
          <li key={`${event.at}-${index}`}>
            <Moment at={event.at} />
            <span>
              <button type="button" className={classes.step} onClick={() => focusStep(event.step ?? "")}>
                {titles.get(event.step ?? "")}
              </button>
              :
            </span>
            <span>{wordsOf(event, picture?.states[event.step ?? ""], unsent.get(event.step ?? ""))}</span>
            <Interview of={event} steps={draft.graph.steps} />
          </li>
        ))}
      </ol>
      {given.length > 0 && (
        <dl className={classes.outputs}>
          {given.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{typeof value === "string" ? value : JSON.stringify(value)}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}

/** The interview a step waits for, or that it was. */
function Interview({ of: { step, details }, steps }: { of: RunEvent; steps: StepNode[] }) {
  const session = sessionOf(details);
  const node = steps.find(({ id }) => id === step);
  return session === null || node === undefined ? null : <InterviewNow session={session} step={node} />;
}

function sessionOf({ for: keys, outputs }: Record<string, unknown>): string | null {
  const waited = Array.isArray(keys) ? keys.map(String).find((key) => key.startsWith("session/")) : undefined;
  if (waited !== undefined) return waited.slice("session/".length);
  const held = typeof outputs === "object" && outputs !== null && "session" in outputs ? outputs.session : null;
  return typeof held === "string" ? held : null;
}

const KINDS: Record<string, string> = {
  step_failed: "failed",
  step_retried: "is tried again",
  step_renewed: "has later news",
  jumped_back: "leads back",
};

function wordsOf({ kind, details }: RunEvent, state: StepState | undefined, unsent: Unsent | undefined): string {
  if (kind === "waiting") {
    if (state?.tone === "bad") return `${lower(state.word)}; ${lower(state.detail ?? "")}`;
    return lower(state?.word ?? "waits");
  }
  const { detail } = detailOf(details);
  if (kind === "step_done") {
    const outcome = typeof details.outcome === "string" ? details.outcome.replaceAll("_", " ") : "done";
    const later = unsent && !details.error ? `, then ${lower(unsent.word)}: ${unsent.reason}` : "";
    return `${outcome}${detail ? `${details.error ? ":" : ""} ${detail}` : ""}${later}`;
  }
  if (kind === "step_failed" && detail) return `failed: ${detail}`;
  return KINDS[kind] ?? kind.replaceAll("_", " ");
}

function lower(words: string): string {
  return words.charAt(0).toLowerCase() + words.slice(1);
}
