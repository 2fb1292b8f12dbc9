import { ON_ERROR, portOf, wordOf } from "../canvas/ports";
import type { FlowEdge, Graph, OutcomeSpec, StepState, Taken } from "../types";
import { lostTo, type Unsent } from "./unsent";

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
  taken: Taken;
}

/** What is known of a run beside its events. */
export interface Beside {
  /** The steps whose call nobody has picked up yet. */
  ringing?: ReadonlySet<string>;
  /** What became of the messages a step sent, where they did not arrive. */
  unsent?: ReadonlyMap<string, Unsent>;
}

const NOTHING: ReadonlySet<string> = new Set();
const NONE: ReadonlyMap<string, Unsent> = new Map();
const ENDED = new Set(["completed", "failed", "canceled"]);
const TIME = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const DATE_TIME = new Intl.DateTimeFormat(undefined, { weekday: "short", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" });
/** A weekday alone says which day is meant only within a week. */
const WEEK = 6 * 86_400_000;
const DAY_TIME = new Intl.DateTimeFormat(undefined, { weekday: "short", hour: "2-digit", minute: "2-digit" });

/** A run's events as states of the canvas. What was not reached is named so once the run has ended. */
export function pictureOf(
  events: RunEvent[],
  graph: Graph,
  status: string,
  { ringing = NOTHING, unsent = NONE }: Beside = {},
): RunPicture {
  const states: Record<string, StepState> = {};
  const ends: End[] = [];
  const jumps: { step: string; to: string }[] = [];
  const outcomes = new Map(graph.steps.map((step) => [step.id, step.outcomes]));
  for (const { kind, step: label, details } of events) {
    // An element of a batch is told as `step[3]`.
    const step = label?.replace(/\[[\d,\s]*\]$/, "") ?? null;
    if (step === null || !outcomes.has(step)) continue;
    const outcome = typeof details.outcome === "string" ? details.outcome : null;
    if (kind === "step_done") {
      const tone = toneOfEnd(outcome, outcomes.get(step) ?? []);
      const lost = tone === "good" ? unsent.get(step) : undefined;
      states[step] = lost
        ? { tone: "bad", word: lost.word, detail: lost.reason }
        : { tone, word: outcome ? wordOf(outcome) : "Done", ...detailOf(details) };
      ends.push({ step, outcome, took: typeof details.took === "string" ? details.took : null, failed: false });
    } else if (kind === "step_failed") {
      states[step] = { tone: "bad", word: "Failed", ...detailOf(details) };
      ends.push({ step, outcome, took: null, failed: true });
    } else if (kind === "step_retried") {
      states[step] = { tone: "wait", word: "Tries again", detail: until(details.again_at) };
    } else if (kind === "jumped_back" && typeof details.to === "string") {
      jumps.push({ step, to: details.to });
      states[details.to] = { tone: "busy", word: "Again" };
    } else if (kind === "wait_ended" && states[step]?.tone !== "good") {
      states[step] = { tone: "busy", word: "Going on" };
    } else if (kind === "waiting") {
      states[step] = waiting(details, ringing.has(step), unsent);
    }
  }
  const reached = new Set(Object.keys(states));
  const taken = new Map<string, string | null>();
  for (const jump of jumps) for (const id of between(graph.edges, jump.step, jump.to)) taken.set(id, null);
  for (const end of ends) for (const edge of waysOf(end, graph, reached)) {
    const left = leftBy(edge, end, outcomes.get(end.step) ?? []);
    // Elements of a batch may take one edge in several ways; it stays where it is written if one of them did.
    if (left === null || !taken.has(edge.id)) taken.set(edge.id, left);
  }
  for (const edge of graph.edges) if (edge.kind === "trigger" && reached.has(edge.target)) taken.set(edge.id, null);
  if (status === "canceled") {
    // What it waited for is told no more: it stood behind what was done last.
    const all = new Set(outcomes.keys());
    for (const { target, id, kind } of ends.flatMap((end) => waysOf(end, graph, all))) {
      if (kind === "data" || states[target] !== undefined) continue;
      states[target] = { tone: "idle", word: "Canceled" };
      taken.set(id, null);
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

/** How a step ended, and the outcome whose way it took where it has none of its own. */
interface End {
  step: string;
  outcome: string | null;
  took: string | null;
  failed: boolean;
}

/** The edges a step took when it ended so: those of its outcome, else `next_steps`, as far as they were followed. */
function waysOf({ step, outcome, took, failed }: End, graph: Graph, reached: Set<string>): FlowEdge[] {
  const leaving = graph.edges.filter((edge) => edge.source === step);
  const followed = (edges: FlowEdge[]) => edges.filter((edge) => reached.has(edge.target));
  const next = leaving.filter((edge) => edge.kind === "next" || edge.kind === "data");
  // With `on_error: continue` an error goes on as if nothing had happened.
  if (failed) {
    const handled = leaving.filter((edge) => edge.kind === "error");
    return followed(handled.length > 0 ? handled : next.filter((edge) => edge.kind === "next"));
  }
  for (const name of [outcome, took]) {
    const own = leaving.filter((edge) => edge.kind === "outcome" && name !== null && edge.outcome === name);
    // An outcome with a way of its own never takes the others, also before that way was gone.
    if (own.length > 0) return followed(own);
  }
  if (next.length > 0 && followed(next).length > 0) return followed(next);
  // A switch tells no outcome: the way it took is the one that was followed.
  return outcome === null ? followed(leaving.filter((edge) => edge.kind === "outcome")) : [];
}

/** The outcome an edge was left by, where it is not the one it is drawn for: `next_steps` takes what has no way of its own. */
function leftBy(edge: FlowEdge, { outcome, failed }: End, outcomes: OutcomeSpec[]): string | null {
  if (edge.kind !== "next" && edge.kind !== "outcome") return null;
  if (failed) return ON_ERROR;
  return outcome === null || portOf(edge, outcomes) === `out:${outcome}` ? null : outcome;
}

function between(edges: FlowEdge[], source: string, target: string): string[] {
  return edges.filter((edge) => edge.source === source && edge.target === target).map((edge) => edge.id);
}

function waiting(details: Record<string, unknown>, rings: boolean, unsent: ReadonlyMap<string, Unsent>): StepState {
  const keys = Array.isArray(details.for) ? details.for.map(String) : [];
  const detail = until(details.until);
  const by = (prefix: string) => keys.some((key) => key.startsWith(prefix));
  if (by("reply/")) {
    if (lostTo(keys, unsent)) return { tone: "bad", word: "Its text did not arrive", detail: `Still waits for a reply${detail ? ` ${detail}` : ""}` };
    return { tone: "wait", word: "Waits for a reply", detail };
  }
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

/** The value that decided, such as what was replied, or why it went wrong. */
export function detailOf(details: Record<string, unknown>): { detail?: string } {
  const reason = reasonOf(details.error);
  if (reason) return { detail: reason };
  const outputs = details.outputs;
  if (typeof outputs !== "object" || outputs === null) return {};
  const { text, value } = outputs as Record<string, unknown>;
  const said = typeof text === "string" ? text : typeof value === "string" ? value : null;
  return said ? { detail: `“${said.slice(0, 80)}”` } : {};
}

/** The sentence of an error in a run's history, where it is an object or, cut short, a text. */
function reasonOf(error: unknown): string | null {
  if (typeof error === "string") return error || null;
  if (typeof error !== "object" || error === null) return null;
  const { message } = error as { message?: unknown };
  return typeof message === "string" && message ? message : null;
}
