import type { components } from "../../api/schema";
import type { State } from "../../talk/words";

export type Broadcast = components["schemas"]["BroadcastOut"];

/** What the check of a list found, as far as the pages show it. */
export interface Check {
  rows: number;
  new: number;
  already: number;
  skipped: Record<string, number>;
  problems: { line: number; message: string; fix: string }[];
  warnings: { code: string; message: string; fix: string; count: number }[];
  segments: number;
  cost: string;
  cost_unit: string;
  samples: { line: number; to: string; text: string; segments: number }[];
}

const STAGES: Record<string, State> = {
  loading: { tone: "wait", word: "Reading the list" },
  ready: { tone: "wait", word: "Ready to start" },
  running: { tone: "busy", word: "Going out" },
  paused: { tone: "wait", word: "Paused" },
  completed: { tone: "good", word: "Done" },
  canceled: { tone: "idle", word: "Canceled" },
};

/** How a broadcast stands. */
export function broadcastState(one: Broadcast): State {
  if (one.fault) return { tone: "bad", word: "Stopped" };
  return STAGES[one.stage] ?? { tone: "idle", word: one.stage };
}

/** Outcomes in the order in which they are shown, each with its words and how good it is. */
export const OUTCOMES: [string, string, State["tone"]][] = [
  ["delivered", "delivered", "good"],
  ["completed", "runs completed", "good"],
  ["sent", "sent, no receipt yet", "busy"],
  ["running", "runs going on", "busy"],
  ["sending", "being sent", "busy"],
  ["waiting", "waiting", "idle"],
  ["undelivered", "undelivered", "bad"],
  ["failed", "failed", "bad"],
  ["refused", "not sent (opted out, caps, numbers)", "wait"],
  ["unknown", "being found out", "wait"],
  ["unresolved", "unknown", "wait"],
  ["canceled", "canceled", "idle"],
];
