import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo } from "react";
import { useStore } from "zustand";
import { ask } from "../api/client";
import { useMay } from "../app/me";
import { judged, useAttention } from "./attention";
import { isUnsaved, sessionOf } from "./session";
import type { Block, Conflict, Draft, Edit, Fault, Saving } from "./types";

export interface DraftHandle {
  /** Undefined until it is loaded. */
  draft: Draft | undefined;
  error: unknown;
  faultsOf: (step: string) => Fault[];
  /** Change it; gives the names of the steps that came of it. Bursts with the same `merge` are one step of undo. */
  edit: (edits: Edit[], options?: { merge?: string }) => Promise<string[]>;
  setText: (text: string) => Promise<string[]>;
  undo: () => void;
  redo: () => void;
  canUndo: boolean;
  canRedo: boolean;
  saving: Saving;
  conflict: Conflict | null;
  reload: () => Promise<void>;
}

/** The key under which a draft is kept; the live feed asks for it anew when somebody changed the workflow. */
export const draftKey = (name: string) => ["workflows", "one", name, "draft"] as const;

/** A workflow's draft: loaded, edited, saved as it is edited, with the way back. */
export function useDraft(name: string): DraftHandle {
  const session = sessionOf(name);
  const state = useStore(session.store);
  const client = useQueryClient();
  const readable = useMay("operator");
  const found = useQuery({
    queryKey: draftKey(name),
    queryFn: () => (readable ? ask<Draft>(session.path) : drawing(name)),
  });
  const { data } = found;

  useEffect(() => {
    if (data !== undefined) session.receive(data);
  }, [data, session]);

  useEffect(() => {
    const hold = (event: BeforeUnloadEvent) => {
      if (isUnsaved()) event.preventDefault();
    };
    window.addEventListener("beforeunload", hold);
    window.addEventListener("online", session.retry);
    return () => {
      window.removeEventListener("beforeunload", hold);
      window.removeEventListener("online", session.retry);
    };
  }, [session]);

  const left = useAttention((attention) => attention.left);
  const asked = useAttention((attention) => attention.asked);
  useEffect(() => useAttention.getState().begin(name), [name]);
  const draft = useMemo(
    () => state.draft && { ...state.draft, faults: judged(state.draft.faults, state.draft.graph, { left, asked }) },
    [state.draft, left, asked],
  );
  const faults = draft?.faults;
  const faultsOf = useCallback((step: string) => (faults ?? []).filter((fault) => fault.step === step), [faults]);
  const setText = useCallback(
    (text: string) => session.edit([{ op: "set_text", text }], { merge: "text" }),
    [session],
  );
  const reload = useCallback(async () => {
    await client.invalidateQueries({ queryKey: draftKey(name) });
  }, [client, name]);

  return {
    draft: draft ?? undefined,
    error: state.draft === null ? found.error : null,
    faultsOf,
    edit: session.edit,
    setText,
    undo: session.undo,
    redo: session.redo,
    canUndo: state.undoable.length > 0 || state.waiting > 0,
    canRedo: state.redoable.length > 0 && state.waiting === 0,
    saving: state.saving,
    conflict: state.conflict,
    reload,
  };
}

/** What viewers get: the newest version as it is drawn, without its text. */
async function drawing(name: string): Promise<Draft> {
  const drawn = await ask<Pick<Draft, "name" | "graph" | "faults" | "positions"> & { version: number }>(
    `/api/v1/workflows/${encodeURIComponent(name)}/graph`,
  );
  const { version, ...seen } = drawn;
  const rest = { format: "yaml", text: "", saved_at: "", changed: false } as const;
  return { ...seen, ...rest, etag: `v${version}`, base_version: version, published: version };
}

/** The kinds of steps a workflow may have. They change with the installed packages only. */
export function useBlocks(): Block[] | undefined {
  return useQuery({ queryKey: ["blocks"], queryFn: () => ask<Block[]>("/api/v1/blocks"), staleTime: Infinity }).data;
}
