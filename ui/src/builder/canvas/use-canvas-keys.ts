import { type RefObject, useCallback, useEffect, useRef } from "react";
import type { Graph } from "../types";
import type { OnEdit } from "./FlowCanvas";
import type { CanvasEdge, CanvasNode } from "./mapping";
import { type Direction, moved } from "./moves";
import { NODE_WIDTH } from "./ports";
import { isTyped, paste, useClipboard } from "./use-clipboard";

interface Keys {
  graph: Graph;
  nodes: CanvasNode[];
  edges: CanvasEdge[];
  wrapper: RefObject<HTMLDivElement | null>;
  editable: boolean;
  choose: (ids: string[]) => void;
  reveal: (id: string) => void;
  remove: (ids: string[], edges: CanvasEdge[]) => void;
  connectFrom: (id: string) => void;
  openMenu: (id: string) => void;
  tidy: () => void;
  onEdit?: OnEdit;
  onOpen?: (id: string) => void;
  onSelect?: (id: string | null) => void;
}

const ARROWS: Record<string, Direction> = {
  ArrowUp: "up",
  ArrowDown: "down",
  ArrowLeft: "left",
  ArrowRight: "right",
};
/** How far a node goes with Alt and an arrow key. */
const NUDGE = 16;

/** The canvas by keyboard: moving along the graph, opening, connecting, deleting, and the clipboard. */
export function useCanvasKeys(given: Keys): (event: React.KeyboardEvent) => void {
  const latest = useRef(given);
  useEffect(() => {
    latest.current = given;
  });
  useClipboard(latest);

  return useCallback((event: React.KeyboardEvent) => {
    const keys = latest.current;
    const target = event.target as HTMLElement;
    if (event.defaultPrevented || isTyped(target) || !keys.wrapper.current?.contains(target)) return;
    const focused = target.closest<HTMLElement>(".react-flow__node")?.dataset.id ?? null;
    const selected = keys.nodes.filter((node) => node.selected).map((node) => node.id);
    const one = focused ?? selected.at(-1) ?? null;
    const held = event.ctrlKey || event.metaKey;
    const done = press(event.key, { keys, selected, one, held, alt: event.altKey, isButton: isPressed(target) });
    if (done) event.preventDefault();
  }, []);
}

interface Pressed {
  keys: Keys;
  selected: string[];
  one: string | null;
  held: boolean;
  alt: boolean;
  /** A button has the focus: Enter and Space are its own. */
  isButton: boolean;
}

/** Do what a key is for; whether it is for anything. */
function press(key: string, { keys, selected, one, held, alt, isButton }: Pressed): boolean {
  const { nodes, graph, editable } = keys;
  const direction = ARROWS[key];
  if (direction && alt && editable) return nudge(keys, selected, direction);
  if (direction && !held) {
    const spots = nodes.map(({ id, position, measured }) => ({
      id,
      x: position.x + (measured?.width ?? NODE_WIDTH) / 2,
      y: position.y + (measured?.height ?? 100) / 2,
    }));
    const next = moved(one, direction, spots, graph.edges);
    if (next) {
      keys.choose([next]);
      keys.reveal(next);
    }
    return next !== null;
  }
  const letter = key.toLowerCase();
  if (held && letter === "a") {
    keys.choose(nodes.map((node) => node.id));
    return true;
  }
  if (held && letter === "d" && editable) {
    duplicate(keys, selected.length > 0 ? selected : one ? [one] : []);
    return true;
  }
  if (key === "Escape") {
    keys.choose([]);
    return selected.length > 0;
  }
  if (held || alt || isButton) return false;
  if ((key === "Enter" || key === " ") && one) {
    keys.choose([one]);
    if (key === "Enter") keys.onOpen?.(one);
    return true;
  }
  if (!editable) return false;
  if (key === "Delete" || key === "Backspace") {
    const edges = keys.edges.filter((edge) => edge.selected);
    keys.remove(selected.length > 0 || edges.length > 0 ? selected : one ? [one] : [], edges);
    return true;
  }
  if (letter === "c" && one && graph.steps.some((step) => step.id === one)) {
    keys.connectFrom(one);
    return true;
  }
  if ((key === "ContextMenu" || letter === "m") && one) {
    keys.openMenu(one);
    return true;
  }
  if (letter === "l") {
    keys.tidy();
    return true;
  }
  return false;
}

function nudge({ nodes, onEdit }: Keys, selected: string[], direction: Direction): boolean {
  const by = { up: [0, -NUDGE], down: [0, NUDGE], left: [-NUDGE, 0], right: [NUDGE, 0] }[direction];
  const [dx = 0, dy = 0] = by;
  if (selected.length === 0) return false;
  // All places are written: the others would be laid out anew around the one that was put.
  const positions = Object.fromEntries(
    nodes.map(({ id, position: { x, y } }) => [id, selected.includes(id) ? { x: x + dx, y: y + dy } : { x, y }]),
  );
  void onEdit?.([{ op: "positions", positions }], { merge: "nudge" });
  return true;
}

function duplicate({ graph, onEdit, choose }: Keys, names: string[]) {
  const steps = graph.steps.filter((step) => names.includes(step.id)).map((step) => step.fields);
  if (steps.length > 0) void paste(steps, onEdit, choose);
}

function isPressed(target: HTMLElement): boolean {
  return target.closest("button, a, [role=menuitem]") !== null;
}
