import { ask } from "../../api/client";
import type { Tone } from "../../components/StatusPill";

/** A workflow as the list shows it, published or only begun. */
export interface WorkflowRow {
  name: string;
  description: string | null;
  version: number | null;
  published: number | null;
  has_draft: boolean;
  changed_at: string;
  changed_by: string | null;
  steps: number;
  services: string[];
  starts: string[];
  faults: number;
  last_run: { id: string; status: string; has_failures: boolean; created_at: string } | null;
}

/** An example to begin from. */
export interface Template {
  name: string;
  about: string;
  text: string;
}

export const workflowRows = {
  queryKey: ["workflows", "list"],
  queryFn: () => ask<WorkflowRow[]>("/api/v1/drafts"),
};

/** Whether it runs, and whether there is something that is not published. */
export function stateOf(row: WorkflowRow): { tone: Tone; word: string; more: string } {
  const faults = row.faults === 1 ? "1 fault" : `${row.faults} faults`;
  const edited = row.has_draft ? (row.faults > 0 ? `Draft with ${faults}` : "Changes not published") : "";
  if (row.published !== null) return { tone: "good", word: `Version ${row.published} in force`, more: edited };
  if (row.version !== null) return { tone: "idle", word: "Not in force", more: edited };
  return { tone: "wait", word: "Draft", more: row.faults > 0 ? faults : "Never published" };
}

const RUN_TONES: Record<string, Tone> = {
  completed: "good",
  failed: "bad",
  running: "busy",
  waiting: "wait",
  paused: "idle",
  canceled: "idle",
};

/** A run's status as a pill shows it. */
export function runState(run: { status: string; has_failures: boolean }): { tone: Tone; word: string } {
  if (run.status === "completed" && run.has_failures) return { tone: "bad", word: "Completed with failures" };
  return { tone: RUN_TONES[run.status] ?? "idle", word: run.status[0]?.toUpperCase() + run.status.slice(1) };
}

/** Whether a workflow is what somebody looks for: all words, in its name, its steps or what starts it. */
export function fits(row: WorkflowRow, wanted: string): boolean {
  const text = [row.name, row.description ?? "", ...row.services, ...row.starts].join(" ").toLowerCase();
  return wanted
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** A name that no workflow has yet. */
export function freeName(wanted: string, taken: string[]): string {
  if (!taken.includes(wanted)) return wanted;
  for (let number = 2; ; number++) if (!taken.includes(`${wanted}-${number}`)) return `${wanted}-${number}`;
}
