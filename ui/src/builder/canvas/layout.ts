import { Graph as Sketch, layout as arrange } from "@dagrejs/dagre";
import type { FlowEdge, Graph, Position, Positions, StepNode, TriggerNode } from "../types";
import { NODE_WIDTH, portOf, portsOf } from "./ports";

export interface Size {
  width: number;
  height: number;
}

const RANK_GAP = 72;
const NODE_GAP = 56;
const GRID = 8;

/** How large a node will be, before it was ever drawn. */
export function sizeOf(node: StepNode | TriggerNode, leaving: FlowEdge[]): Size {
  const lines = node.summary ? Math.min(2, Math.ceil(node.summary.length / 46)) : 0;
  const text = lines > 0 ? lines * 18 + 8 : 0;
  if (!("outcomes" in node)) return { width: NODE_WIDTH, height: 56 + text };
  const ports = portsOf(node, leaving);
  const letters = (node.from?.length ?? 0) + (node.to?.length ?? 0);
  const tags = node.from || node.to ? (letters > 33 ? 60 : 34) : 0;
  const plain = ports.shown.length === 1 && ports.shown[0]?.outcome === null && ports.hidden === 0;
  return { width: ports.width, height: 56 + text + tags + (plain ? 4 : 35) };
}

/** Edges by the node they leave. */
export function leavingOf(edges: FlowEdge[]): Map<string, FlowEdge[]> {
  const leaving = new Map<string, FlowEdge[]>();
  for (const edge of edges) leaving.set(edge.source, [...(leaving.get(edge.source) ?? []), edge]);
  return leaving;
}

/** The edges that lead back to where a walk from the start has been already: loops, not the way forward. */
export function leadingBack(graph: Graph): Set<string> {
  const leaving = leavingOf(graph.edges);
  const back = new Set<string>();
  const state = new Map<string, "open" | "done">();
  const entered = new Set(graph.edges.map((edge) => edge.target));
  const ids = [...graph.triggers.map((trigger) => trigger.id), ...graph.steps.map((step) => step.id)];
  for (const start of [...ids.filter((id) => !entered.has(id)), ...ids]) {
    if (state.has(start)) continue;
    // A stack of our own: a chain of a thousand steps must not exhaust the browser's.
    const stack = [{ id: start, next: 0 }];
    state.set(start, "open");
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const edge = leaving.get(top.id)?.[top.next];
      top.next += 1;
      if (!edge) {
        state.set(top.id, "done");
        stack.pop();
      } else if (state.get(edge.target) === "open") back.add(edge.id);
      else if (!state.has(edge.target)) {
        state.set(edge.target, "open");
        stack.push({ id: edge.target, next: 0 });
      }
    }
  }
  return back;
}

/** Edges in the order of their ports, so that what hangs on the left port is drawn on the left. */
function inPortOrder(graph: Graph): FlowEdge[] {
  const leaving = leavingOf(graph.edges);
  const steps = new Map(graph.steps.map((step) => [step.id, step]));
  const order: FlowEdge[] = [];
  for (const node of [...graph.triggers, ...graph.steps]) {
    const edges = leaving.get(node.id) ?? [];
    const step = steps.get(node.id);
    if (!step) {
      order.push(...edges);
      continue;
    }
    const { shown } = portsOf(step, edges);
    const rank = (edge: FlowEdge) => shown.findIndex((port) => port.id === portOf(edge, step.outcomes));
    order.push(...[...edges].sort((one, other) => rank(one) - rank(other)));
  }
  return order;
}

/** A place for every node: the flow runs downwards, loops aside. */
export function layOut(graph: Graph, measured: ReadonlyMap<string, Size> = new Map()): Positions {
  const leaving = leavingOf(graph.edges);
  const back = leadingBack(graph);
  let areas = arranged(graph, measured, leaving, back, []);
  const order = untangled(areas, graph, leaving, back);
  if (order.length > 0) areas = arranged(graph, measured, leaving, back, order);
  return Object.fromEntries([...areas.values()].map(({ id, x, y }) => [id, { x: snapped(x), y: snapped(y) }]));
}

/** What must stand left of what. */
interface Order {
  left: string;
  right: string;
}

function arranged(
  graph: Graph,
  measured: ReadonlyMap<string, Size>,
  leaving: Map<string, FlowEdge[]>,
  back: Set<string>,
  constraints: Order[],
): Map<string, Placed> {
  const sketch = new Sketch({ multigraph: true });
  sketch.setGraph({ rankdir: "TB", ranksep: RANK_GAP, nodesep: NODE_GAP, edgesep: 24, marginx: 0, marginy: 0 });
  sketch.setDefaultEdgeLabel(() => ({}));
  const nodes = [...graph.triggers, ...graph.steps];
  for (const node of nodes) {
    sketch.setNode(node.id, { ...(measured.get(node.id) ?? sizeOf(node, leaving.get(node.id) ?? [])) });
  }
  const known = new Set(nodes.map((node) => node.id));
  const drawn = new Set<string>();
  for (const edge of inPortOrder(graph)) {
    const pair = `${edge.source}\n${edge.target}`;
    if (back.has(edge.id) || drawn.has(pair) || !known.has(edge.source) || !known.has(edge.target)) continue;
    drawn.add(pair);
    const weight = edge.kind === "data" ? 1 : edge.kind === "error" ? 2 : 4;
    sketch.setEdge(edge.source, edge.target, { weight, minlen: 1 }, edge.id);
  }
  arrange(sketch, { constraints });
  return new Map(
    nodes.map(({ id }) => {
      const { x = 0, y = 0, width, height } = sketch.node(id);
      return [id, { id, x: x - width / 2, y: y - height / 2, width, height }];
    }),
  );
}

interface Placed extends Size {
  id: string;
  x: number;
  y: number;
}

/**
 * The order of neighbours in which fewer edges cross, where that is another one: the layout does not know at which port
 * an edge begins.
 */
function untangled(
  areas: Map<string, Placed>,
  graph: Graph,
  leaving: Map<string, FlowEdge[]>,
  back: Set<string>,
): Order[] {
  const steps = new Map(graph.steps.map((step) => [step.id, step]));
  const above = new Map<Placed, { from: Placed; part: number }[]>();
  const below = new Map<Placed, Placed[]>();
  for (const edge of graph.edges) {
    const [source, target] = [areas.get(edge.source), areas.get(edge.target)];
    if (!source || !target || back.has(edge.id)) continue;
    const step = steps.get(edge.source);
    const shown = step ? portsOf(step, leaving.get(edge.source) ?? []).shown : [];
    const port = step ? shown.findIndex((known) => known.id === portOf(edge, step.outcomes)) : -1;
    above.set(target, [...(above.get(target) ?? []), { from: source, part: port < 0 ? 0.5 : (port + 0.5) / shown.length }]);
    below.set(source, [...(below.get(source) ?? []), target]);
  }
  const left = (node: Placed) => (above.get(node) ?? []).map(({ from, part }) => from.x + from.width * part);
  const down = (node: Placed) => (below.get(node) ?? []).map((target) => target.x + target.width / 2);
  const ranks = new Map<number, Placed[]>();
  for (const area of areas.values()) {
    const middle = Math.round(area.y + area.height / 2);
    ranks.set(middle, [...(ranks.get(middle) ?? []), area]);
  }
  const order: Order[] = [];
  for (const middle of [...ranks.keys()].sort((one, other) => one - other)) {
    const rank = (ranks.get(middle) ?? []).sort((one, other) => one.x - other.x);
    let changed = false;
    for (let pass = 0, swapped = true; swapped && pass < rank.length; pass += 1) {
      swapped = false;
      for (let index = 0; index + 1 < rank.length; index += 1) {
        const [one, other] = [rank[index], rank[index + 1]];
        if (!one || !other) continue;
        const now = crossings(left(one), left(other)) + crossings(down(one), down(other));
        const then = crossings(left(other), left(one)) + crossings(down(other), down(one));
        // What hangs below can go along; what hangs above decides where nothing else does.
        const gain = now - then || crossings(left(one), left(other)) - crossings(left(other), left(one));
        if (gain <= 0) continue;
        [rank[index], rank[index + 1]] = [other, one];
        swapped = changed = true;
      }
    }
    if (!changed) continue;
    rank.slice(1).forEach((node, index) => order.push({ left: rank[index]?.id ?? "", right: node.id }));
  }
  return order;
}

/** How many pairs of edges cross when those with the ends *left* hang left of those with the ends *right*. */
function crossings(left: number[], right: number[]): number {
  return left.reduce((sum, one) => sum + right.filter((other) => other < one - 1).length, 0);
}

/**
 * Where every node stands: as it was put, and what was never put as the layout has it. A new node among others that
 * were put by hand stands below the one it follows, where there is room.
 */
export function placed(graph: Graph, positions: Positions, measured: ReadonlyMap<string, Size> = new Map()): Positions {
  const nodes = [...graph.triggers, ...graph.steps];
  const missing = nodes.filter((node) => !positions[node.id]);
  if (missing.length === 0) return Object.fromEntries(nodes.map(({ id }) => [id, positions[id] ?? { x: 0, y: 0 }]));
  const laid = layOut(graph, measured);
  if (missing.length === nodes.length) return laid;
  const leaving = leavingOf(graph.edges);
  const size = (node: StepNode | TriggerNode) => measured.get(node.id) ?? sizeOf(node, leaving.get(node.id) ?? []);
  const found: Positions = {};
  for (const { id } of nodes) {
    const put = positions[id];
    if (put) found[id] = put;
  }
  const byId = new Map(nodes.map((node) => [node.id, node]));
  for (const node of missing) {
    const before = graph.edges.find((edge) => edge.target === node.id && found[edge.source]);
    const source = before && byId.get(before.source);
    const anchor = before && found[before.source];
    let at = laid[node.id] ?? { x: 0, y: 0 };
    if (anchor && source) at = { x: anchor.x, y: anchor.y + size(source).height + RANK_GAP };
    const own = size(node);
    const others = Object.entries(found).flatMap(([id, place]) => {
      const other = byId.get(id);
      return other ? [{ ...place, ...size(other) }] : [];
    });
    at = freePlace(at, own, others);
    found[node.id] = { x: snapped(at.x), y: snapped(at.y) };
  }
  return found;
}

/** The next place to the right of *at* where a node of this size stands on no other. */
export function freePlace(at: Position, size: Size, others: (Position & Size)[]): Position {
  const meets = (other: Position & Size) =>
    at.x < other.x + other.width + 24 &&
    at.x + size.width + 24 > other.x &&
    at.y < other.y + other.height + 24 &&
    at.y + size.height + 24 > other.y;
  for (let meeting = others.find(meets); meeting; meeting = others.find(meets)) {
    at = { x: snapped(meeting.x + meeting.width + NODE_GAP), y: at.y };
  }
  return { x: snapped(at.x), y: snapped(at.y) };
}

function snapped(value: number): number {
  return Math.round(value / GRID) * GRID;
}
