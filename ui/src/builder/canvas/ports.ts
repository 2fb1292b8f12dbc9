import type { FlowEdge, OutcomeSpec, StepNode } from "../types";

/** A place at the bottom of a node from which ways lead on. */
export interface Port {
  /** The handle's id; edges name it. */
  id: string;
  /** The outcome it is for; null for `next_steps`. */
  outcome: string | null;
  word: string;
  tone: OutcomeSpec["tone"];
  /** Whether it leads somewhere. */
  used: boolean;
}

/** The ports of a step and how wide the node must be for them. */
export interface Ports {
  shown: Port[];
  /** Those there was no room for, which stand behind "more", and the way of errors, which most steps leave alone. */
  more: Port[];
  /** How many of them are worth a word on the node. */
  hidden: number;
  width: number;
}

export const NODE_WIDTH = 328;
export const NEXT = "next";
export const ERROR = "error";
/** How `connect` and `disconnect` call the way an error takes. */
export const ON_ERROR = "on_error";
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
  const fine = outcomes.filter((outcome) => outcome.tone !== "bad");
  return fine.length === 1 && fine[0] ? `out:${fine[0].name}` : NEXT;
}

/** What `connect` is told for a port: `next_steps` where only one outcome takes them, else the outcome itself. */
export function outcomeOf(port: string, outcomes: OutcomeSpec[]): string | null {
  if (port === ERROR) return ON_ERROR;
  if (!port.startsWith("out:")) return null;
  const name = port.slice(4);
  const fine = outcomes.filter((outcome) => outcome.tone !== "bad");
  return fine.length === 1 && fine[0]?.name === name ? null : name;
}

/** The outcome that a step ends in when all goes well: what comes next is connected to it. */
export function mainOutcome(outcomes: OutcomeSpec[]): string | null {
  return outcomes.find((outcome) => outcome.tone !== "bad")?.name ?? null;
}

/** The ports of *step*. What leads somewhere and the keys of a menu are always shown; of the rest as many as there is room for. */
export function portsOf(step: StepNode, leaving: FlowEdge[]): Ports {
  const leads = new Set(leaving.map((edge) => portOf(edge, step.outcomes)));
  const labels = labelsOf(step);
  // What keys lead to is why there is a menu: it is there to be connected before anything else is.
  const isKept = (port: Omit<Port, "used">, index: number) => index === 0 || labels.has(port.outcome ?? "");
  const all = allPorts(step, leaving).map((port, index) => ({ ...port, used: leads.has(port.id), kept: isKept(port, index) }));
  const width = (ports: Port[]) => ports.reduce((sum, port) => sum + widthOf(port), 0);
  const spare = all.filter((port) => !port.used && !port.kept && port.id !== ERROR);
  let room = NODE_WIDTH - width(all.filter((port) => port.used || port.kept));
  if (width(spare) > room) room -= MORE_WIDTH;
  const shown: Port[] = all.filter((port) => {
    if (port.used || port.kept) return true;
    // Beside a menu's keys, failures would only take the room.
    if (port.id === ERROR || widthOf(port) > room || (labels.size > 0 && port.tone === "bad")) return false;
    room -= widthOf(port);
    return true;
  });
  const more: Port[] = all.filter((port) => !shown.includes(port));
  const hidden = more.filter((port) => port.id !== ERROR).length;
  const needed = width(shown) + (hidden > 0 ? MORE_WIDTH : 0);
  return { shown, more, hidden, width: Math.max(NODE_WIDTH, Math.ceil(needed)) };
}

/** What keys of a call's menu are called: what its author wants to go on from. */
function labelsOf({ fields }: StepNode): Set<string> {
  const menu = typeof fields.menu === "object" && fields.menu !== null ? Object.values(fields.menu) : [];
  return new Set(menu.map((key: unknown) => String(typeof key === "object" && key !== null && "label" in key ? key.label : key)));
}

/** Every port a step has: the keys of its menu, the main one, those that are no failures, failures, errors last. */
function allPorts(step: StepNode, leaving: FlowEdge[]): Omit<Port, "used">[] {
  const ports: Omit<Port, "used">[] = step.outcomes.map(({ name, tone }) => ({
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
  const next = leaving.some((edge) => edge.kind === "next" && portOf(edge, step.outcomes) === NEXT);
  if (next || ports.length === 0) {
    ports.push({ id: NEXT, outcome: null, word: ports.length === 0 ? "Next" : "Otherwise", tone: "idle" });
  }
  ports.push({ id: ERROR, outcome: ON_ERROR, word: "On error", tone: "bad" });
  const main = mainOutcome(step.outcomes);
  const labels = labelsOf(step);
  const rank = ({ outcome, tone }: Omit<Port, "used">) => {
    if (outcome !== null && labels.has(outcome)) return 0;
    if (main !== null && outcome === main) return 1;
    return labels.size > 0 && tone === "bad" ? 3 : 2;
  };
  return ports.sort((one, other) => rank(one) - rank(other));
}

function widthOf(port: { word: string }): number {
  return Math.max(56, port.word.length * LETTER + PADDING);
}
