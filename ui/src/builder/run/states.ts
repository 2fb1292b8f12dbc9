import { wordOf } from "../canvas/ports";
import type { FlowEdge, Graph, OutcomeSpec, StepState } from "../types";

/** Something that happened in a run, as `/api/v1/runs/{id}/events` tells it. */
export interface RunEvent {
  at: string;
  kind: string;
  step: string | null;
  details: Record<string, unknown>;
}

/** How each step stands in a run, and the ways it took. */
export interface RunPicture {
  states: Record<string, StepState>;
  taken: Set<string>;
}

const NOTHING: ReadonlySet<string> = new Set();
const ENDED = new Set(["completed", "failed", "canceled"]);
const TIME = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const DATE_TIME = new Intl.DateTimeFormat(undefined, { weekday: "short", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" });
/** A weekday alone says which day is meant only within a week. */
const WEEK = 6 * 86_400_000;
const DAY_TIME = new Intl.DateTimeFormat(undefined, { weekday: "short", hour: "2-digit", minute: "2-digit" });

/**
 * A run's events as states of the canvas. What was not reached is named so once the run has ended; *ringing* are the
 * steps whose call nobody has picked up yet.
 */
export function pictureOf(
  events: RunEvent[],
  graph: Graph,
  status: string,
  ringing: ReadonlySet<string> = NOTHING,
): RunPicture {
  const states: Record<string, StepState> = {};
  const ends: { step: string; outcome: string | null; failed: boolean }[] = [];
  const jumps: { step: string; to: string }[] = [];
  const outcomes = new Map(graph.steps.map((step) => [step.id, step.outcomes]));
  for (const { kind, step: label, details } of events) {
    // An element of a batch is told as `step[3]`.
    const step = label?.replace(/\[[\d,\s]*\]$/, "") ?? null;
    if (step === null || !outcomes.has(step)) continue;
    const outcome = typeof details.outcome === "string" ? details.outcome : null;
    if (kind === "step_done") {
      const tone = toneOfEnd(outcome, outcomes.get(step) ?? []);
      states[step] = { tone, word: outcome ? wordOf(outcome) : "Done", ...detailOf(details) };
      ends.push({ step, outcome, failed: false });
    } else if (kind === "step_failed") {
      states[step] = { tone: "bad", word: "Failed", ...(details.error ? { detail: String(details.error) } : {}) };
      ends.push({ step, outcome, failed: true });
    } else if (kind === "step_retried") {
      states[step] = { tone: "wait", word: "Tries again", detail: until(details.again_at) };
    } else if (kind === "jumped_back" && typeof details.to === "string") {
      jumps.push({ step, to: details.to });
      states[details.to] = { tone: "busy", word: "Again" };
    } else if (kind === "wait_ended" && states[step]?.tone !== "good") {
      states[step] = { tone: "busy", word: "Going on" };
    } else if (kind === "waiting") {
      states[step] = waiting(details, ringing.has(step));
    }
  }
  const reached = new Set(Object.keys(states));
  const taken = new Set(jumps.flatMap((jump) => between(graph.edges, jump.step, jump.to)));
  for (const end of ends) for (const edge of waysOf(end, graph, reached)) taken.add(edge.id);
  for (const edge of graph.edges) if (edge.kind === "trigger" && reached.has(edge.target)) taken.add(edge.id);
  if (status === "canceled") {
    // What it waited for is told no more: it stood behind what was done last.
    const all = new Set(outcomes.keys());
    for (const { target, id, kind } of ends.flatMap((end) => waysOf(end, graph, all))) {
      if (kind === "data" || states[target] !== undefined) continue;
      states[target] = { tone: "idle", word: "Canceled" };
      taken.add(id);
    }
  }
  if (ENDED.has(status)) {
    for (const { id } of graph.steps) states[id] ??= { tone: "idle", word: "Not reached" };
  } else if (reached.size === 0 && status === "running") {
    const entered = new Set(graph.edges.filter((edge) => edge.kind !== "trigger").map((edge) => edge.target));
    for (const { id } of graph.steps) if (!entered.has(id)) states[id] = { tone: "busy", word: "Running" };
  }
  return { states, taken };
}

/** Ends that are neither what was hoped for nor a failure, unless the block says that they are one. */
const QUIET = new Set(["timeout", "no_match", "no_answer", "busy", "voicemail", "canceled", "partial"]);

/** How good it is that a step ended so. The block decides, so that canvas, settings and what happened say the same. */
export function toneOfEnd(outcome: string | null, outcomes: OutcomeSpec[]): "good" | "bad" | "idle" {
  if (outcomes.some(({ name, tone }) => name === outcome && tone === "bad")) return "bad";
  return outcome !== null && QUIET.has(outcome) ? "idle" : "good";
}

/** The edges a step took when it ended so: those of its outcome, else `next_steps`, as far as they were followed. */
function waysOf(
  { step, outcome, failed }: { step: string; outcome: string | null; failed: boolean },
  graph: Graph,
  reached: Set<string>,
): FlowEdge[] {
  const leaving = graph.edges.filter((edge) => edge.source === step && reached.has(edge.target));
  if (failed) {
    const handled = leaving.filter((edge) => edge.kind === "error");
    return handled.length > 0 ? handled : leaving.filter((edge) => edge.outcome === "failed");
  }
  const own = leaving.filter((edge) => edge.kind === "outcome" && edge.outcome === outcome);
  if (own.length > 0) return own;
  const next = leaving.filter((edge) => edge.kind === "next" || edge.kind === "data");
  if (next.length > 0) return next;
  // A switch tells no outcome: the way it took is the one that was followed.
  return outcome === null ? leaving.filter((edge) => edge.kind === "outcome") : [];
}

function between(edges: FlowEdge[], source: string, target: string): string[] {
  return edges.filter((edge) => edge.source === source && edge.target === target).map((edge) => edge.id);
}

function waiting(details: Record<string, unknown>, rings: boolean): StepState {
  const keys = Array.isArray(details.for) ? details.for.map(String) : [];
  const detail = until(details.until);
  const by = (prefix: string) => keys.some((key) => key.startsWith(prefix));
  if (by("reply/")) return { tone: "wait", word: "Waits for a reply", detail };
  if (by("session/") || by("call/")) return { tone: "busy", word: rings ? "Ringing" : "In a call", detail };
  if (by("run/")) return { tone: "wait", word: "Waits for its run", detail };
  if (by("message/")) return { tone: "busy", word: "Sending" };
  return { tone: "wait", word: "Waiting", detail };
}

function until(moment: unknown): string | undefined {
  if (typeof moment !== "string") return undefined;
  const at = new Date(moment);
  const now = new Date();
  const today = at.toDateString() === now.toDateString();
  const near = Math.abs(at.getTime() - now.getTime()) <= WEEK;
  return `until ${(today ? TIME : near ? DAY_TIME : DATE_TIME).format(at)}`;
}

/** The value that decided, such as what was replied. */
export function detailOf(details: Record<string, unknown>): { detail?: string } {
  const outputs = details.outputs;
  if (typeof outputs !== "object" || outputs === null) return {};
  const { text, value } = outputs as Record<string, unknown>;
  const said = typeof text === "string" ? text : typeof value === "string" ? value : null;
  return said ? { detail: `“${said.slice(0, 80)}”` } : {};
}
