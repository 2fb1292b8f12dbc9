import { useReactFlow } from "@xyflow/react";
import { type RefObject, useCallback } from "react";
import type { Block, Edit, Graph, Position } from "../types";
import { nameFor } from "./clipboard";
import type { OnEdit } from "./FlowCanvas";
import { freePlace } from "./layout";
import type { CanvasEdge, CanvasNode } from "./mapping";
import { adding, triggerOf } from "./palette";
import { NODE_WIDTH, ON_ERROR } from "./ports";
import { rounded } from "./use-places";

interface Given {
  graph: Graph;
  blocks: Block[];
  wrapper: RefObject<HTMLDivElement | null>;
  others: () => Record<string, Position>;
  reveal: (id: string) => void;
  onEdit?: OnEdit;
  onSelect?: (id: string | null) => void;
}

interface Steps {
  /** Add a step; where it was put by hand, everything else stays where it is. */
  add: (type: string, at: Position | null, after?: string, outcome?: string | null) => Promise<void>;
  remove: (ids: string[], gone: CanvasEdge[]) => void;
}

/** Adding steps and triggers at a place, and taking them and connections away. */
export function useSteps({ graph, blocks, wrapper, others, reveal, onEdit, onSelect }: Given): Steps {
  const flow = useReactFlow<CanvasNode, CanvasEdge>();
  const add = useCallback<Steps["add"]>(
    async (type, at, after, outcome) => {
      if (!onEdit) return;
      const trigger = triggerOf(type);
      if (trigger) {
        const index = graph.triggers.length;
        await onEdit([{ op: "set", path: ["triggers", index], value: trigger }]);
        onSelect?.(`trigger:${index}`);
        return;
      }
      const name = nameFor(type, graph.steps.map((step) => step.id));
      const { step, before } = adding(type, name, graph, blocks, graph.steps.find((known) => known.id === after));
      const edits: Edit[] = [...before, { op: "add_step", step, after, outcome }];
      if (at) {
        const taken = flow.getNodes().map(({ position, measured }) => ({ ...position, width: measured?.width ?? NODE_WIDTH, height: measured?.height ?? 120 }));
        const place = rounded(freePlace(at, { width: NODE_WIDTH, height: 140 }, taken));
        edits.push({ op: "positions", positions: { [name]: place, ...others() } });
      }
      const [made = name] = await onEdit(edits);
      onSelect?.(made);
      requestAnimationFrame(() => requestAnimationFrame(() => reveal(made)));
    },
    [blocks, flow, graph, onEdit, onSelect, others, reveal],
  );

  const remove = useCallback<Steps["remove"]>(
    (ids, gone) => {
      const edits: Edit[] = gone.flatMap(({ data }) => {
        if (!data || data.edge.kind === "data" || data.edge.kind === "trigger") return [];
        const { source, outcome, target, kind } = data.edge;
        return [{ op: "disconnect", source, outcome: kind === "error" ? ON_ERROR : outcome, target } as const];
      });
      const names = ids.filter((id) => graph.steps.some((step) => step.id === id));
      if (names.length > 0) edits.push({ op: "remove_steps", names });
      const triggers = graph.triggers.filter((trigger) => ids.includes(trigger.id)).map((trigger) => trigger.index);
      for (const index of triggers.sort((one, other) => other - one)) edits.push({ op: "remove", path: ["triggers", index] });
      if (edits.length === 0) return;
      void onEdit?.(edits);
      // The focus must not be lost with the node that had it.
      wrapper.current?.focus({ preventScroll: true });
    },
    [graph, onEdit, wrapper],
  );
  return { add, remove };
}
