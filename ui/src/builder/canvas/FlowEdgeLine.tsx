import { BaseEdge, EdgeLabelRenderer, type EdgeProps, useStoreApi } from "@xyflow/react";
import { memo } from "react";
import classes from "./FlowEdgeLine.module.css";
import type { CanvasEdge, CanvasNode } from "./mapping";
import { type Area, labelPlace, pathOf, route } from "./routing";

/** Where its target is so much lower than its port, an edge says for which outcome it is. */
const FAR = 260;

/** A way from one node to the next, around the nodes that stand between them. */
export const FlowEdgeLine = memo(function FlowEdgeLine(props: EdgeProps<CanvasEdge>) {
  const { id, data, sourceX, sourceY, targetX, targetY, selected } = props;
  // Read and not subscribed to: a node that is dragged redraws its own edges, not everybody's.
  const { nodeLookup } = useStoreApi<CanvasNode, CanvasEdge>().getState();
  const areas: Area[] = [];
  for (const node of nodeLookup.values()) {
    const { width = 0, height = 0 } = node.measured;
    areas.push({ ...node.internals.positionAbsolute, width, height });
  }
  const from = { x: sourceX, y: sourceY };
  const to = { x: targetX, y: targetY };
  const points = route(from, to, areas, data?.lane);
  const far = targetY - sourceY > FAR;
  const label = labelPlace(points);
  const kind = data?.edge.kind;
  return (
    <>
      <BaseEdge
        id={id}
        path={pathOf(points)}
        interactionWidth={22}
        className={classes.line}
        data-kind={kind}
        data-tone={data?.tone}
        data-taken={data?.taken || undefined}
        data-selected={selected || undefined}
        markerEnd={kind === "data" ? undefined : "url(#flow-arrow)"}
      />
      {data?.word && (far || data.back || data.taken || selected) && (
        <EdgeLabelRenderer>
          <div
            className={classes.word}
            data-tone={data.tone}
            data-taken={data.taken || undefined}
            style={{ transform: `translate(-50%, -50%) translate(${label.x}px, ${label.y}px)` }}
          >
            {data.word}
          </div>
        </EdgeLabelRenderer>
      )}
    </>
  );
});
