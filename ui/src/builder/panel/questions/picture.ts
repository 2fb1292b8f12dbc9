import { Graph as Sketch, layout as arrange } from "@dagrejs/dagre";
import type { InterviewGraph, TestCall } from "./preview";

export const WIDTH = 200;
export const HEIGHT = 62;

export interface Placed {
  id: string;
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface PlacedEnding extends Placed {
  kind: string;
  words: string;
}

export interface PlacedEdge {
  id: string;
  points: { x: number; y: number }[];
  label: string;
  at: { x: number; y: number };
  by: string;
}

export interface Picture {
  width: number;
  height: number;
  questions: Placed[];
  endings: PlacedEnding[];
  edges: PlacedEdge[];
}

const ENDS: Record<string, string> = { end: "End", end_call: "Ends the call", transfer: "To a person" };

/** The graph with a place for everything. All ways to the end lead to one; a rule that ends the call has its own. */
export function drawn(graph: InterviewGraph): Picture {
  const sketch = new Sketch({ multigraph: true });
  sketch.setGraph({ rankdir: "TB", nodesep: 26, ranksep: 44, marginx: 10, marginy: 10 });
  sketch.setDefaultEdgeLabel(() => ({}));
  for (const { id } of graph.questions) sketch.setNode(id, { width: WIDTH, height: HEIGHT });
  const endings = new Map<string, { kind: string; words: string }>();
  const ways = graph.edges.map((edge, index) => {
    const target = edge.to ?? (edge.kind === "end" ? "\0end" : `\0${index}`);
    if (edge.to === null) endings.set(target, { kind: edge.kind, words: edge.message ?? ENDS[edge.kind] ?? edge.kind });
    return { edge, target, name: String(index), label: shortened(edge.label) };
  });
  for (const id of endings.keys()) sketch.setNode(id, { width: id === "\0end" ? 70 : 140, height: 30 });
  for (const { edge, target, name, label } of ways) {
    sketch.setEdge(edge.from, target, { width: label.length * 6.2 + 6, height: label === "" ? 0 : 16, labelpos: "c" }, name);
  }
  arrange(sketch);
  const size = sketch.graph() as { width?: number; height?: number };
  const placed = (id: string): Placed => {
    const { x, y, width, height } = sketch.node(id) as { x: number; y: number; width: number; height: number };
    return { id, x: x - width / 2, y: y - height / 2, width, height };
  };
  return {
    width: size.width ?? WIDTH,
    height: size.height ?? HEIGHT,
    questions: graph.questions.map(({ id }) => placed(id)),
    endings: [...endings].map(([id, { kind, words }]) => ({ ...placed(id), kind, words })),
    edges: ways.map(({ edge, target, name, label }) => {
      const { points, x, y } = sketch.edge(edge.from, target, name) as {
        points: { x: number; y: number }[];
        x?: number;
        y?: number;
      };
      const middle = points[Math.floor(points.length / 2)] ?? { x: 0, y: 0 };
      return { id: `${edge.from}→${target}#${name}`, points, label, at: { x: x ?? middle.x, y: y ?? middle.y }, by: edge.by };
    }),
  };
}

/** Which edges a call goes along, by their places in the graph's list. */
export function taken(graph: InterviewGraph, call: TestCall): Set<number> {
  const found = new Set<number>();
  const { questions } = call;
  questions.forEach((from, place) => {
    const to = questions[place + 1] ?? null;
    const at = graph.edges.findIndex(
      (edge) =>
        edge.from === from &&
        edge.to === to &&
        (to !== null || (edge.kind === call.end && edge.message === call.message) || call.end === "max_visits"),
    );
    if (at >= 0) found.add(at);
  });
  return found;
}

function shortened(label: string): string {
  return label.length > 30 ? `${label.slice(0, 29)}…` : label;
}
