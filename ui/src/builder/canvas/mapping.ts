import type { Edge, Node } from "@xyflow/react";
import { faultWords } from "../attention";
import type { Fault, FlowEdge, Graph, Positions, StepNode, StepState, Taken, TriggerNode } from "../types";
import { addressed, readable } from "./addresses";
import { leadingBack, leavingOf } from "./layout";
import { DATA, ERROR, ON_ERROR, type Ports, portOf, portsOf, wordOf } from "./ports";

export type StepCanvasNode = Node<
  { step: StepNode; ports: Ports; faults: Fault[]; state: StepState | null; editable: boolean },
  "step"
>;
export type TriggerCanvasNode = Node<
  { trigger: TriggerNode; faults: Fault[]; state: StepState | null; editable: boolean },
  "trigger"
>;
export type CanvasNode = StepCanvasNode | TriggerCanvasNode;

export type CanvasEdge = Edge<
  {
    edge: FlowEdge;
    /** What stands beside it: the outcome it is for. */
    word: string | null;
    tone: "good" | "bad" | "idle";
    back: boolean;
    taken: boolean;
    lane: number;
  },
  "flow"
>;

interface Drawing {
  graph: Graph;
  places: Positions;
  faults: Fault[];
  states?: Record<string, StepState>;
  taken?: Taken;
  editable: boolean;
}

/**
 * The nodes as the canvas draws them. What has not changed since *before* stays the very same object, so that a
 * keystroke in the panel draws one node anew and not three hundred.
 */
export function nodesOf(drawing: Drawing, before: ReadonlyMap<string, CanvasNode>): CanvasNode[] {
  const { graph, places, states = {}, editable } = drawing;
  const leaving = leavingOf(withTaken(graph.edges, drawing.taken));
  const faults = faultsByNode(drawing.faults, graph);
  const nodes: CanvasNode[] = [];
  for (const trigger of graph.triggers) {
    const own = faults.get(trigger.id) ?? [];
    const data = { trigger, faults: own, state: states[trigger.id] ?? null, editable };
    const position = places[trigger.id] ?? { x: 0, y: 0 };
    const ariaLabel = `Trigger: ${trigger.title}. ${trigger.summary}${spoken(own)}`;
    nodes.push(keep({ id: trigger.id, type: "trigger", position, data, ariaLabel }, before.get(trigger.id)));
  }
  for (const step of graph.steps) {
    const own = faults.get(step.id) ?? [];
    const state = states[step.id] ?? null;
    const data = { step, ports: portsOf(step, leaving.get(step.id) ?? []), faults: own, state, editable };
    const position = places[step.id] ?? { x: 0, y: 0 };
    nodes.push(keep({ id: step.id, type: "step", position, data, ariaLabel: heard(step, own, state) }, before.get(step.id)));
  }
  return nodes;
}

/** The edges as the canvas draws them; unchanged ones stay the same objects. */
export function edgesOf(
  graph: Graph,
  taken: Taken | undefined,
  before: ReadonlyMap<string, CanvasEdge>,
): CanvasEdge[] {
  const steps = new Map(graph.steps.map((step) => [step.id, step]));
  const nodes = new Set([...steps.keys(), ...graph.triggers.map((trigger) => trigger.id)]);
  const leaving = leavingOf(withTaken(graph.edges, taken));
  const back = leadingBack(graph);
  const seen = new Set<string>();
  const edges: CanvasEdge[] = [];
  for (const edge of graph.edges) {
    if (!nodes.has(edge.source) || !nodes.has(edge.target) || seen.has(edge.id)) continue;
    seen.add(edge.id);
    const step = steps.get(edge.source);
    const outcomes = step?.outcomes ?? [];
    const way = asTaken(edge, taken);
    const port = step ? portOf(way, outcomes) : "next";
    const shown = step ? portsOf(step, leaving.get(edge.source) ?? []).shown : [];
    const tone =
      way.kind === "error" ? "bad" : (outcomes.find((outcome) => outcome.name === way.outcome)?.tone ?? "idle");
    const fresh: CanvasEdge = {
      id: edge.id,
      type: "flow",
      source: edge.source,
      target: edge.target,
      sourceHandle: port,
      targetHandle: "in",
      reconnectable: edge.kind === "data" || edge.kind === "trigger" ? false : "target",
      deletable: edge.kind !== "data" && edge.kind !== "trigger",
      focusable: false,
      data: {
        edge,
        word: port === ERROR ? "On error" : way.outcome === null || port === DATA ? null : wordOf(way.outcome),
        tone,
        back: back.has(edge.id),
        taken: taken?.has(edge.id) ?? false,
        lane: Math.max(0, shown.findIndex((known) => known.id === port)),
      },
    };
    const old = before.get(edge.id);
    const stays = old?.target === fresh.target && old.sourceHandle === fresh.sourceHandle && same(old.data, fresh.data);
    edges.push(old && stays ? old : { ...fresh, selected: old?.selected });
  }
  return edges;
}

/** An edge as a run left by it: from the port of what really came about, which is not always the one it is written for. */
function asTaken(edge: FlowEdge, taken: Taken | undefined): FlowEdge {
  const left = taken?.get(edge.id) ?? null;
  if (left === null) return edge;
  return left === ON_ERROR ? { ...edge, kind: "error" } : { ...edge, kind: "outcome", outcome: left };
}

/** The edges as they are written, and beside them those that a run left otherwise, so that their ports are shown. */
function withTaken(edges: FlowEdge[], taken: Taken | undefined): FlowEdge[] {
  const others = edges.map((edge) => asTaken(edge, taken)).filter((edge, index) => edge !== edges[index]);
  return others.length === 0 ? edges : [...edges, ...others];
}

/** Faults by the node they are shown on. */
function faultsByNode(faults: Fault[], graph: Graph): Map<string, Fault[]> {
  const found = new Map<string, Fault[]>();
  const place = (id: string, fault: Fault) => found.set(id, [...(found.get(id) ?? []), fault]);
  const steps = new Set(graph.steps.map((step) => step.id));
  for (const fault of faults) {
    const trigger = /^triggers(?:\.|\[)(\d+)/.exec(fault.field ?? "");
    if (fault.step !== null && steps.has(fault.step)) place(fault.step, fault);
    else if (trigger) place(`trigger:${trigger[1]}`, fault);
  }
  return found;
}

/** A node as it is heard: what it is, from whom, to whom, and what is wrong with it. */
function heard(step: StepNode, faults: Fault[], state: StepState | null): string {
  const people = [step.from && `from ${addressed(step.from)}`, step.to && `to ${addressed(step.to)}`].filter(Boolean).join(" ");
  const parts = [`${step.title}, ${step.service}`, people, readable(step.summary)].filter(Boolean);
  return `${parts.join(". ")}${state ? `. ${state.word}` : ""}${spoken(faults)}`;
}

function spoken(faults: Fault[]): string {
  const found = faultWords(faults);
  return found === null ? "" : `. ${found.words}`;
}

function keep<N extends CanvasNode>(fresh: N, old: CanvasNode | undefined): N {
  if (!old || old.type !== fresh.type) return fresh;
  const data = same(old.data, fresh.data) ? (old.data as N["data"]) : fresh.data;
  const stays = old.position.x === fresh.position.x && old.position.y === fresh.position.y;
  if (stays && data === old.data && old.ariaLabel === fresh.ariaLabel) return old as N;
  return { ...old, position: stays ? old.position : fresh.position, data, ariaLabel: fresh.ariaLabel } as N;
}

function same(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
