import { useReactFlow } from "@xyflow/react";
import { useCallback, useMemo, useRef } from "react";
import type { Graph, Position, Positions } from "../types";
import type { OnEdit } from "./FlowCanvas";
import { layOut, leavingOf, placed, type Size, sizeOf } from "./layout";
import type { CanvasEdge, CanvasNode } from "./mapping";

/** The places of all nodes. What has none is laid out once for each shape of the graph, not at each keystroke. */
export function usePlaces(graph: Graph, positions: Positions): Positions {
  const shape = useMemo(() => {
    const nodes = [...graph.triggers, ...graph.steps];
    if (nodes.every((node) => positions[node.id])) return nodes.map((node) => node.id).join("\n");
    const leaving = leavingOf(graph.edges);
    return JSON.stringify([
      nodes.map((node) => [node.id, sizeOf(node, leaving.get(node.id) ?? [])]),
      graph.edges.map((edge) => edge.id),
    ]);
  }, [graph, positions]);
  const latest = useRef(graph);
  latest.current = graph;
  // The shape says all of the graph that the layout looks at.
  return useMemo(() => placed(latest.current, positions), [shape, positions]);
}

interface Moving {
  /** Keep where nodes were put. */
  settle: (moved: CanvasNode[]) => void;
  /** Lay all of them out anew. */
  tidy: () => void;
  /** The places of all that have none written yet: once one was put by hand, the others stay where they are. */
  others: () => Record<string, Position>;
}

/** Putting nodes somewhere, by hand or by layout. */
export function useMoving(graph: Graph, positions: Positions, showAll: () => void, onEdit?: OnEdit): Moving {
  const flow = useReactFlow<CanvasNode, CanvasEdge>();
  const others = useCallback(() => {
    const put: Record<string, Position> = {};
    for (const node of flow.getNodes()) if (!positions[node.id]) put[node.id] = rounded(node.position);
    return put;
  }, [flow, positions]);
  const settle = useCallback(
    (moved: CanvasNode[]) => {
      const put = others();
      for (const node of moved) put[node.id] = rounded(node.position);
      void onEdit?.([{ op: "positions", positions: put }]);
    },
    [onEdit, others],
  );
  const tidy = useCallback(() => {
    const sizes = new Map<string, Size>();
    for (const { id } of flow.getNodes()) {
      const { width, height } = flow.getInternalNode(id)?.measured ?? {};
      if (width && height) sizes.set(id, { width, height });
    }
    void onEdit?.([{ op: "positions", positions: layOut(graph, sizes) }]);
    showAll();
  }, [flow, graph, onEdit, showAll]);
  return { settle, tidy, others };
}

export function rounded({ x, y }: Position): Position {
  return { x: Math.round(x), y: Math.round(y) };
}
