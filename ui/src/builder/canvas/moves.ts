import type { FlowEdge, Position } from "../types";

export type Direction = "up" | "down" | "left" | "right";

/** A node as arrow keys see it: where its middle is. */
export interface Spot extends Position {
  id: string;
}

/**
 * The node an arrow key leads to: along the flow for up and down (the straightest way first), beside it for left and
 * right, and the nearest in that direction where nothing is connected. Null where there is none.
 */
export function moved(from: string | null, direction: Direction, spots: Spot[], edges: FlowEdge[]): string | null {
  const here = spots.find((spot) => spot.id === from);
  if (!here) return topmost(spots);
  if (direction === "down" || direction === "up") {
    const ids = new Set(
      edges.flatMap((edge) => {
        if (direction === "down") return edge.source === here.id ? [edge.target] : [];
        return edge.target === here.id ? [edge.source] : [];
      }),
    );
    const onwards = spots.filter((spot) => ids.has(spot.id) && (direction === "down" ? spot.y > here.y : spot.y < here.y));
    const straightest = nearest(here, onwards, 1, 3);
    if (straightest) return straightest;
  }
  const sideways = direction === "left" || direction === "right";
  const there = spots.filter((spot) => {
    if (direction === "left") return spot.x < here.x - 1;
    if (direction === "right") return spot.x > here.x + 1;
    return direction === "up" ? spot.y < here.y - 1 : spot.y > here.y + 1;
  });
  return nearest(here, there, sideways ? 3 : 1, sideways ? 1 : 3);
}

function topmost(spots: Spot[]): string | null {
  return spots.reduce<Spot | null>((best, spot) => (best === null || spot.y < best.y ? spot : best), null)?.id ?? null;
}

function nearest(here: Spot, spots: Spot[], perHeight: number, perWidth: number): string | null {
  let best: string | null = null;
  let least = Infinity;
  for (const spot of spots) {
    const cost = Math.abs(spot.y - here.y) * perHeight + Math.abs(spot.x - here.x) * perWidth;
    if (cost < least) [best, least] = [spot.id, cost];
  }
  return best;
}
