import { create } from "zustand";
import type { Fault, Graph } from "./types";

interface Attention {
  /** The workflow this is about. */
  name: string;
  /** Fields somebody was in and left empty, as `placeOf` calls them. */
  left: ReadonlySet<string>;
  /** Whether it was to be run or published, so that all that is missing matters. */
  asked: boolean;
  begin: (name: string) => void;
  leave: (faults: readonly Fault[]) => void;
  ask: () => void;
}

/** What somebody has looked at: an empty field is something to fill in until then, and a fault from then on. */
export const useAttention = create<Attention>((set) => ({
  name: "",
  left: new Set(),
  asked: false,
  begin: (name) => set((before) => (before.name === name ? before : { name, left: new Set(), asked: false })),
  leave: (faults) =>
    set((before) => {
      const open = faults.filter(({ severity }) => severity === "open").map(placeOf);
      return open.length === 0 ? before : { left: new Set([...before.left, ...open]) };
    }),
  ask: () => set({ asked: true }),
}));

/** The faults, those of them "open" that only say that something was not filled in yet. */
export function judged(faults: Fault[], graph: Graph, { left, asked }: Pick<Attention, "left" | "asked">): Fault[] {
  if (asked) return faults;
  const fields = new Map(graph.steps.map((step) => [step.id, step.fields]));
  return faults.map((fault) => {
    const step = fields.get(fault.step ?? "");
    const isOpen = fault.severity === "error" && step && fault.field && isEmptyAt(step, fault.field) && !left.has(placeOf(fault));
    return isOpen ? { ...fault, severity: "open" } : fault;
  });
}

/** How many faults there are of each kind; neither errors nor open ones can be run or published. */
export function counted(faults: readonly Fault[]): { errors: number; open: number; hints: number } {
  const of = (severity: Fault["severity"]) => faults.filter((fault) => fault.severity === severity).length;
  return { errors: of("error"), open: of("open"), hints: of("warning") };
}

/** What a node or the header says of its faults, the worst of them first; null where there are none. */
export function faultWords(faults: readonly Fault[]): { tone: "bad" | "busy" | "wait"; words: string } | null {
  const { errors, open, hints } = counted(faults);
  if (errors > 0) return { tone: "bad", words: errors + open === 1 ? "1 fault" : `${errors + open} faults` };
  if (open > 0) return { tone: "busy", words: `${open} to fill in` };
  if (hints > 0) return { tone: "wait", words: hints === 1 ? "1 hint" : `${hints} hints` };
  return null;
}

/** How a fault is called, and in which colour. */
export function kindOf({ severity }: Fault): { tone: "bad" | "busy" | "wait"; word: string } {
  if (severity === "error") return { tone: "bad", word: "Fault" };
  return severity === "open" ? { tone: "busy", word: "To fill in" } : { tone: "wait", word: "Hint" };
}

/** The worst of faults, for the order in which they are listed. */
export function rankOf({ severity }: Fault): number {
  return ["error", "open", "warning"].indexOf(severity);
}

function placeOf(fault: Fault): string {
  return `${fault.step ?? ""}\n${fault.field ?? ""}`;
}

function isEmptyAt(fields: unknown, field: string): boolean {
  const keys = field.replaceAll(/\[(\d+)\]/g, ".$1").split(".");
  const held = keys.reduce<unknown>(
    (here, key) => (typeof here === "object" && here !== null ? (here as Record<string, unknown>)[key] : undefined),
    fields,
  );
  if (held === undefined || held === null || held === "") return true;
  return typeof held === "object" && Object.keys(held).length === 0;
}
