import { type ReactFlowInstance, useReactFlow } from "@xyflow/react";
import { type RefObject, useCallback, useEffect, useRef } from "react";
import type { Graph, Positions } from "../types";
import { leavingOf, sizeOf } from "./layout";
import type { CanvasEdge, CanvasNode } from "./mapping";

/** What is brought into sight is kept so far from the edge. */
const MARGIN = 28;
/** So many frames may pass until a step that was just made is drawn. */
const DRAWN_WITHIN = 60;

type Mover = Pick<ReactFlowInstance<CanvasNode, CanvasEdge>, "setViewport">;

interface View {
  /** Bring a node into sight and give it the focus. */
  reveal: (id: string) => void;
  /** Go to where the workflow begins. */
  begin: (flow: Mover) => void;
  showAll: () => void;
}

/** What of the canvas is in sight. */
export function useView(wrapper: RefObject<HTMLDivElement | null>, graph: Graph, places: Positions): View {
  const flow = useReactFlow<CanvasNode, CanvasEdge>();
  const show = useCallback(
    (id: string) => {
      const node = flow.getInternalNode(id);
      const box = wrapper.current?.getBoundingClientRect();
      if (!node || !box) return false;
      const { width = 328, height = 120 } = node.measured;
      const { x, y } = node.internals.positionAbsolute;
      const view = flow.getViewport();
      const corner = flow.flowToScreenPosition({ x, y });
      // No further than it must: what was in sight before stays there, so that one does not lose one's place.
      const shift = (from: number, size: number, low: number, high: number) =>
        from < low + MARGIN ? low + MARGIN - from : Math.min(0, Math.max(high - MARGIN - size - from, low + MARGIN - from));
      const dx = shift(corner.x, width * view.zoom, box.left, box.right);
      const dy = shift(corner.y, height * view.zoom, box.top, box.bottom);
      if (dx !== 0 || dy !== 0) {
        void flow.setViewport({ x: view.x + dx, y: view.y + dy, zoom: view.zoom }, { duration: motion() });
      }
      // The node may only be drawn once it is in sight.
      requestAnimationFrame(() => focusNode(wrapper.current, id));
      return true;
    },
    [flow, wrapper],
  );
  const latest = useRef(0);
  const reveal = useCallback(
    (id: string) => {
      const wish = ++latest.current;
      const attempt = (left: number) => {
        if (wish !== latest.current || show(id) || left === 0) return;
        requestAnimationFrame(() => attempt(left - 1));
      };
      attempt(DRAWN_WITHIN);
    },
    [show],
  );

  const begin = useCallback(
    (mover: Mover) => void beginAt(mover, wrapper.current?.getBoundingClientRect(), graph, places),
    [graph, places, wrapper],
  );
  // On an empty canvas nothing was in sight that could have to stay: the first node comes to the middle.
  const count = graph.steps.length + graph.triggers.length;
  const wasEmpty = useRef(count === 0);
  useEffect(() => {
    if (wasEmpty.current && count > 0) begin(flow);
    wasEmpty.current = count === 0;
  }, [begin, count, flow]);

  const showAll = useCallback(
    () => void requestAnimationFrame(() => void flow.fitView({ padding: 0.12, maxZoom: 1, duration: motion() })),
    [flow],
  );
  return { reveal, begin, showAll };
}

/** Give the focus to the node *id*: once it is drawn and measured, unless it went elsewhere meanwhile. */
export function focusNode(within: HTMLElement | null, id: string, left = DRAWN_WITHIN) {
  const held = document.activeElement;
  if (left < DRAWN_WITHIN && held !== document.body && !within?.contains(held)) return;
  const node = within?.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(id)}"]`);
  node?.focus({ preventScroll: true });
  if (within && left > 0 && document.activeElement !== node) requestAnimationFrame(() => focusNode(within, id, left - 1));
}

/** The view to begin with: the whole workflow where it can be read so, else its beginning. */
async function beginAt(flow: Mover, box: DOMRect | undefined, graph: Graph, places: Positions) {
  const leaving = leavingOf(graph.edges);
  const areas = [...graph.triggers, ...graph.steps].map((node) => ({
    ...(places[node.id] ?? { x: 0, y: 0 }),
    ...sizeOf(node, leaving.get(node.id) ?? []),
  }));
  if (!box || areas.length === 0) return;
  const left = Math.min(...areas.map((area) => area.x));
  const right = Math.max(...areas.map((area) => area.x + area.width));
  const top = Math.min(...areas.map((area) => area.y));
  const bottom = Math.max(...areas.map((area) => area.y + area.height));
  const margin = 36;
  const fitting = Math.min((box.width - 2 * margin) / (right - left), (box.height - 2 * margin) / (bottom - top));
  const zoom = fitting >= 0.68 ? Math.min(1, fitting) : box.width < 480 ? 0.7 : 0.82;
  const first = areas.filter((area) => area.y < top + 100);
  const beginning = first.reduce((sum, area) => sum + area.x + area.width / 2, 0) / first.length;
  const fitsWide = (right - left) * zoom <= box.width - 2 * margin;
  const middle = fitsWide ? (left + right) / 2 : beginning;
  const fitsHigh = (bottom - top) * zoom <= box.height - 2 * margin;
  const y = fitsHigh ? (box.height - (bottom - top) * zoom) / 2 - top * zoom : margin - top * zoom;
  await flow.setViewport({ x: box.width / 2 - middle * zoom, y, zoom });
}

/** How long the view takes to move; at once for whoever asked for less motion. */
function motion(): number {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 260;
}
