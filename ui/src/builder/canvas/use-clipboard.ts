import { notifications } from "@mantine/notifications";
import { type RefObject, useEffect } from "react";
import type { Edit, Graph } from "../types";
import { copied, pasted } from "./clipboard";
import type { OnEdit } from "./FlowCanvas";
import type { CanvasEdge, CanvasNode } from "./mapping";

/** What the clipboard needs of the canvas. */
interface Clip {
  graph: Graph;
  nodes: CanvasNode[];
  wrapper: RefObject<HTMLDivElement | null>;
  choose: (ids: string[]) => void;
  remove: (ids: string[], edges: CanvasEdge[]) => void;
  onEdit?: OnEdit;
}

/** Put *steps* into the workflow and choose them. */
export async function paste(steps: object[], onEdit: OnEdit | undefined, choose: (ids: string[]) => void) {
  const made = await onEdit?.([{ op: "paste", steps } satisfies Edit]);
  // They are drawn with the answer, one turn later.
  if (made && made.length > 0) requestAnimationFrame(() => requestAnimationFrame(() => choose(made)));
}

/** Copy, cut and paste by the browser's own events, which need no leave to read the clipboard. */
export function useClipboard(latest: RefObject<Clip>) {
  useEffect(() => {
    const about = (event: Event): Clip | null => {
      const keys = latest.current;
      const target = event.target instanceof HTMLElement ? event.target : document.body;
      const inside = keys.wrapper.current?.contains(target) || target === document.body || target.id === "page";
      return inside && !isTyped(target) && keys.onEdit ? keys : null;
    };
    const copy = (event: ClipboardEvent) => {
      const keys = about(event);
      const names = keys?.nodes.filter((node) => node.selected && node.type === "step").map((node) => node.id) ?? [];
      if (!keys || names.length === 0 || window.getSelection()?.toString()) return;
      event.clipboardData?.setData("text/plain", copied(keys.graph, names));
      event.preventDefault();
      if (event.type === "cut") keys.remove(names, []);
      else notifications.show({ message: names.length === 1 ? "1 step copied" : `${names.length} steps copied`, autoClose: 1500 });
    };
    const take = (event: ClipboardEvent) => {
      const keys = about(event);
      const text = event.clipboardData?.getData("text/plain");
      if (!keys || !text) return;
      event.preventDefault();
      const steps = pasted(text);
      if (steps) void paste(steps, keys.onEdit, keys.choose);
      else notifications.show({ color: "yellow", message: "The clipboard holds no steps. Copy some in a workflow first." });
    };
    document.addEventListener("copy", copy);
    document.addEventListener("cut", copy);
    document.addEventListener("paste", take);
    return () => {
      document.removeEventListener("copy", copy);
      document.removeEventListener("cut", copy);
      document.removeEventListener("paste", take);
    };
  }, [latest]);
}

/** Whether keys pressed there are typed into something. */
export function isTyped(target: HTMLElement): boolean {
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
}
