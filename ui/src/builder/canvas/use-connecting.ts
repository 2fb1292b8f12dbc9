import type { Connection, OnConnectEnd } from "@xyflow/react";
import { useCallback } from "react";
import type { Graph, Position } from "../types";
import type { Wish } from "./ConnectDialog";
import type { OnEdit } from "./FlowCanvas";
import type { CanvasEdge } from "./mapping";
import { MORE, ON_ERROR, outcomeOf } from "./ports";

/** A step that is wanted at a place of the screen, and what it is to follow. */
export interface Wanted {
  screen: Position;
  after?: string;
  outcome?: string | null;
}

interface Connecting {
  connect: (connection: Connection) => void;
  reconnect: (old: CanvasEdge, connection: Connection) => void;
  end: OnConnectEnd;
  valid: (connection: { source: string; target: string }) => boolean;
}

/** Connecting by the mouse: from a port to a step, or to nothing, where what should come there can be chosen. */
export function useConnecting(
  graph: Graph,
  setWish: (wish: Wish) => void,
  setWanted: (wanted: Wanted) => void,
  onEdit?: OnEdit,
): Connecting {
  const connect = useCallback(
    ({ source, sourceHandle, target }: Pick<Connection, "source" | "sourceHandle" | "target">) => {
      const step = graph.steps.find((known) => known.id === source);
      if (!step || !target) return;
      if (sourceHandle === MORE) setWish({ source, target });
      else void onEdit?.([{ op: "connect", source, outcome: outcomeOf(sourceHandle ?? "", step.outcomes), target }]);
    },
    [graph, onEdit, setWish],
  );
  const reconnect = useCallback(
    (old: CanvasEdge, { target }: Connection) => {
      const edge = old.data?.edge;
      if (!edge || !target || edge.target === target) return;
      const outcome = edge.kind === "error" ? ON_ERROR : edge.outcome;
      void onEdit?.([
        { op: "disconnect", source: edge.source, outcome, target: edge.target },
        { op: "connect", source: edge.source, outcome, target },
      ]);
    },
    [onEdit],
  );
  const valid = useCallback(
    ({ source, target }: { source: string; target: string }) =>
      source !== target && graph.steps.some((step) => step.id === target),
    [graph],
  );
  const end = useCallback<OnConnectEnd>(
    (event, { isValid, fromNode, fromHandle, toNode }) => {
      const step = graph.steps.find((known) => known.id === fromNode?.id);
      if (isValid || toNode || !step || fromHandle?.type !== "source") return;
      const point = "changedTouches" in event ? event.changedTouches[0] : event;
      if (!point) return;
      const under = stepAt(point.clientX, point.clientY);
      // Whoever lets go over a step means the step, however far from its port.
      if (under !== null) {
        if (valid({ source: step.id, target: under })) connect({ source: step.id, sourceHandle: fromHandle.id ?? null, target: under });
        return;
      }
      if (fromHandle.id === MORE) return;
      const outcome = outcomeOf(fromHandle.id ?? "", step.outcomes);
      setWanted({ screen: { x: point.clientX, y: point.clientY }, after: step.id, outcome });
    },
    [connect, graph, setWanted, valid],
  );
  return { connect, reconnect, end, valid };
}

function stepAt(x: number, y: number): string | null {
  const node = document.elementFromPoint(x, y)?.closest<HTMLElement>(".react-flow__node");
  return node?.dataset.id ?? null;
}
