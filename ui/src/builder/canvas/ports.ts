import type { FlowEdge, OutcomeSpec, StepNode } from "../types";

/** A place at the bottom of a node from which ways lead on. */
export interface Port {
  /** The handle's id; edges name it. */
  id: string;
  /** What `connect` is told: the outcome, or null for `next_steps`. */
  outcome: string | null;
  word: string;
  tone: OutcomeSpec["tone"];
}

/** The ports of a step: those shown, those behind "more", and how wide the node must be for them. */
export interface Ports {
  shown: Port[];
  more: Port[];
  width: number;
}

export const NODE_WIDTH = 328;
export const NEXT = "next";
export const ERROR = "error";
/** Where ways begin that nobody drew: a step takes a value of another. */
export const DATA = "data";
export const MORE = "more";

const MORE_WIDTH = 48;
const LETTER = 6.5;
const PADDING = 22;

/** An outcome as it stands on a port: `no_answer` is "No answer", what the author named stays as it is. */
export function wordOf(outcome: string): string {
  if (!/^[a-z][a-z0-9_]*$/.test(outcome)) return outcome;
  const spaced = outcome.replaceAll("_", " ");
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

/** The id of the port an edge leaves from, given what its step can end in. */
export function portOf(edge: FlowEdge, outcomes: OutcomeSpec[]): string {
  if (edge.kind === "data") return DATA;
  if (edge.kind === "error") return ERROR;
  if (edge.outcome !== null) return `out:${edge.outcome}`;
  const main = mainOutcome(outcomes);
  return main ? `out:${main}` : NEXT;
}

/** The outcome that a step ends in when all goes well: what comes next is connected to it. */
export function mainOutcome(outcomes: OutcomeSpec[]): string | null {
  return outcomes.find((outcome) => outcome.tone !== "bad")?.name ?? null;
}

/** The ports of *step*. What leads somewhere is always shown; of the rest as many as there is room for. */
export function portsOf(step: StepNode, leaving: FlowEdge[]): Ports {
  const all = allPorts(step, leaving);
  const used = new Set(leaving.map((edge) => portOf(edge, step.outcomes)));
  const main = all[0];
  if (main) used.add(main.id);
  let room = NODE_WIDTH - all.filter((port) => used.has(port.id)).reduce((sum, port) => sum + widthOf(port), 0);
  const spare = all.filter((port) => !used.has(port.id) && port.id !== ERROR);
  const fitting = spare.reduce((sum, port) => sum + widthOf(port), 0) <= room && all.every((port) => port.id !== ERROR || used.has(ERROR));
  if (!fitting) room -= MORE_WIDTH;
  const shown = all.filter((port) => {
    if (used.has(port.id)) return true;
    if (port.id === ERROR || widthOf(port) > room) return false;
    room -= widthOf(port);
    return true;
  });
  const more = all.filter((port) => !shown.includes(port));
  const needed = shown.reduce((sum, port) => sum + widthOf(port), 0) + (more.length > 0 ? MORE_WIDTH : 0);
  return { shown, more, width: Math.max(NODE_WIDTH, Math.ceil(needed)) };
}

/** Every port a step has, the main one first, errors last. */
function allPorts(step: StepNode, leaving: FlowEdge[]): Port[] {
  const ports: Port[] = step.outcomes.map(({ name, tone }) => ({
    id: `out:${name}`,
    outcome: name,
    word: wordOf(name),
    tone,
  }));
  for (const edge of leaving) {
    const id = portOf(edge, step.outcomes);
    if (edge.outcome !== null && edge.kind !== "error" && !ports.some((port) => port.id === id)) {
      ports.push({ id, outcome: edge.outcome, word: wordOf(edge.outcome), tone: "idle" });
    }
  }
  if (!mainOutcome(step.outcomes) && (ports.length === 0 || leaving.some((edge) => edge.kind === "next"))) {
    ports.unshift({ id: NEXT, outcome: null, word: "Next", tone: "good" });
  }
  ports.push({ id: ERROR, outcome: "on_error", word: "On error", tone: "bad" });
  const main = mainOutcome(step.outcomes);
  return main ? [...ports.filter((port) => port.outcome === main), ...ports.filter((port) => port.outcome !== main)] : ports;
}

function widthOf(port: Port): number {
  return Math.max(56, port.word.length * LETTER + PADDING);
}
