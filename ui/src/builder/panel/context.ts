import { createContext, useContext } from "react";
import type { Block, EditPath, Fault, Graph, JsonSchema, StepNode } from "../types";
import type { EditFn } from "./edits";
import type { Variable } from "./variables";
import type { Vocabulary } from "./vocabulary";

/** What every field of the form knows of what it stands in. */
export interface FormContext {
  graph: Graph;
  blocks: readonly Block[];
  /** The step whose form it is; null for triggers and the workflow itself. */
  step: StepNode | null;
  /** Where the form's values stand in the draft. */
  base: EditPath;
  root: unknown;
  defs: Record<string, JsonSchema>;
  faults: readonly Fault[];
  variables: readonly Variable[];
  vocabulary: Vocabulary;
  edit: EditFn;
  /** Put a value at a path below `base`; undefined takes it away. Typing is a `burst`. */
  change: (path: EditPath, value: unknown, burst?: boolean) => void;
}

const Context = createContext<FormContext | null>(null);

export const FormProvider = Context.Provider;

export function useForm(): FormContext {
  const form = useContext(Context);
  if (form === null) throw new Error("a field stands outside a form");
  return form;
}

/** A fault's place as the keys that lead there: `outcomes.sent[0]` and `questions.0.id` alike. */
export function placeOf(fault: Fault): string[] {
  return (fault.field ?? "").replace(/\[(\d+)\]/g, ".$1").split(".").filter(Boolean);
}

/** The faults at *path*; with *deep* also those of what stands within. */
export function faultsAt(faults: readonly Fault[], path: EditPath, deep: boolean): Fault[] {
  return faults.filter((fault) => {
    const place = placeOf(fault);
    if (place.length === 0 || place.length < path.length || (!deep && place.length > path.length)) return false;
    return path.every((key, index) => String(key) === place[index]);
  });
}
