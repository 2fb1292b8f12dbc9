import type { Position } from "../types";

/** A node's rectangle on the canvas. */
export interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}

const LEAVE = 22;
const ARRIVE = 26;
const CLEAR = 14;
const AROUND = 26;
const CORNER = 9;
const BEND = 24;
const THROUGH = 100_000;

/**
 * The corners of an edge's way: down from its port, sideways, down (or up, where it leads back) in a channel that no
 * node stands in, sideways, down into its target. *lane* keeps the ways of neighbouring ports apart.
 */
export function route(from: Position, to: Position, nodes: Iterable<Area>, lane = 0): Position[] {
  const back = to.y < from.y + LEAVE;
  const room = to.y - from.y;
  const upper = back || room > LEAVE + ARRIVE ? from.y + LEAVE + lane * 7 : from.y + room / 2;
  const lower = back || room > LEAVE + ARRIVE ? to.y - ARRIVE : from.y + room / 2;
  const turn = back ? upper : Math.min(upper, lower);
  const areas = [...nodes].filter((area) => touches(area, turn, lower));
  const direct = [to.x, from.x];
  let best = direct[0] ?? to.x;
  let least = Infinity;
  const consider = (channel: number) => {
    const cost = costOf(from, to, turn, lower, channel, areas);
    if (cost < least) [best, least] = [channel, cost];
  };
  direct.forEach(consider);
  if (least >= THROUGH) {
    for (const area of areas) {
      consider(area.x - AROUND);
      consider(area.x + area.width + AROUND);
    }
  }
  return straightened([from, { x: from.x, y: turn }, { x: best, y: turn }, { x: best, y: lower }, { x: to.x, y: lower }, to]);
}

/** Whether an area may stand in the way of anything between two heights. */
function touches(area: Area, one: number, other: number): boolean {
  return area.y - CLEAR < Math.max(one, other) && area.y + area.height + CLEAR > Math.min(one, other);
}

function costOf(from: Position, to: Position, upper: number, lower: number, channel: number, areas: Area[]): number {
  let cost = Math.abs(from.x - channel) + Math.abs(channel - to.x) + Math.abs(lower - upper);
  cost += (from.x === channel ? 0 : BEND) + (to.x === channel ? 0 : BEND);
  for (const area of areas) {
    if (meetsVertical(area, channel, upper, lower)) cost += THROUGH;
    if (meetsHorizontal(area, upper, from.x, channel)) cost += THROUGH;
    if (meetsHorizontal(area, lower, channel, to.x)) cost += THROUGH;
  }
  return cost;
}

function meetsVertical(area: Area, x: number, one: number, other: number): boolean {
  if (x <= area.x - CLEAR || x >= area.x + area.width + CLEAR) return false;
  return area.y < Math.max(one, other) && area.y + area.height > Math.min(one, other);
}

function meetsHorizontal(area: Area, y: number, one: number, other: number): boolean {
  if (y <= area.y - 4 || y >= area.y + area.height + 4) return false;
  return area.x < Math.max(one, other) && area.x + area.width > Math.min(one, other);
}

/** Without corners that are none. */
function straightened(points: Position[]): Position[] {
  const kept: Position[] = [];
  for (const point of points) {
    const last = kept.at(-1);
    const before = kept.at(-2);
    if (last && Math.abs(last.x - point.x) < 0.5 && Math.abs(last.y - point.y) < 0.5) continue;
    const straight =
      last &&
      before &&
      ((Math.abs(before.x - last.x) < 0.5 && Math.abs(last.x - point.x) < 0.5) ||
        (Math.abs(before.y - last.y) < 0.5 && Math.abs(last.y - point.y) < 0.5));
    if (straight) kept.pop();
    kept.push(point);
  }
  return kept;
}

/** The way as an SVG path with rounded corners. */
export function pathOf(points: Position[]): string {
  const [first, ...rest] = points;
  if (!first) return "";
  let path = `M${first.x},${first.y}`;
  let before = first;
  rest.forEach((point, index) => {
    const after = rest[index + 1];
    if (!after) {
      path += `L${point.x},${point.y}`;
      return;
    }
    const radius = Math.min(CORNER, distance(before, point) / 2, distance(point, after) / 2);
    const entry = towards(point, before, radius);
    const exit = towards(point, after, radius);
    path += `L${entry.x},${entry.y}Q${point.x},${point.y} ${exit.x},${exit.y}`;
    before = point;
  });
  return path;
}

/** Where a label of the way stands best: on its longest level part, else in its middle. */
export function labelPlace(points: Position[]): Position {
  let best: { at: Position; length: number } | undefined;
  for (let index = 1; index < points.length; index += 1) {
    const one = points[index - 1];
    const other = points[index];
    if (!one || !other) continue;
    const level = Math.abs(one.y - other.y) < 0.5;
    const length = distance(one, other) * (level ? 1.5 : 1);
    if (!best || length > best.length) best = { at: { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 }, length };
  }
  return best?.at ?? points[0] ?? { x: 0, y: 0 };
}

function distance(one: Position, other: Position): number {
  return Math.abs(one.x - other.x) + Math.abs(one.y - other.y);
}

function towards(from: Position, to: Position, length: number): Position {
  const whole = distance(from, to) || 1;
  return { x: from.x + ((to.x - from.x) / whole) * length, y: from.y + ((to.y - from.y) / whole) * length };
}
