import { phone, type State } from "../../talk/words";
import type { Run } from "./shapes";

export const STATUSES = [
  { value: "running", label: "Running" },
  { value: "waiting", label: "Waiting" },
  { value: "paused", label: "Paused" },
  { value: "completed", label: "Completed" },
  { value: "failed", label: "Failed" },
  { value: "canceled", label: "Canceled" },
];

export const TRIGGERS = [
  { value: "manual", label: "Request" },
  { value: "schedule", label: "Schedule" },
  { value: "inbound_message", label: "Message from somebody" },
  { value: "inbound_call", label: "Call from somebody" },
  { value: "message_status", label: "Message status" },
  { value: "webhook", label: "Webhook" },
];

const STATES: Record<string, State> = {
  running: { tone: "busy", word: "Running" },
  waiting: { tone: "wait", word: "Waiting" },
  paused: { tone: "idle", word: "Paused" },
  completed: { tone: "good", word: "Completed" },
  failed: { tone: "bad", word: "Failed" },
  canceled: { tone: "idle", word: "Canceled" },
};

const TRIAL = / \(draft\)$/;

/** The workflow a run is of; one of its draft is kept under a name of its own. */
export function ownerOf(run: Pick<Run, "workflow">): string {
  return run.workflow.replace(TRIAL, "");
}

/** Whether a run tried a draft, as it stood then. */
export function isTrial(run: Pick<Run, "workflow">): boolean {
  return TRIAL.test(run.workflow);
}

/** How a run stands; one that completed although something in it failed says so. */
export function runState(run: Pick<Run, "status" | "has_failures">): State {
  if (run.status === "completed" && run.has_failures) return { tone: "bad", word: "Completed, with failures" };
  return STATES[run.status] ?? { tone: "idle", word: run.status };
}

/** Who or what started a run, as a list says it. */
export function startedBy(run: Pick<Run, "trigger" | "parent" | "started_by">): string {
  const words = starterOf(run);
  // A name stays as its owner writes it.
  if (run.started_by?.kind === "user") return words;
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The same within a sentence: “started by the API key “orders””. */
export function starterOf({ trigger, parent, started_by: by }: Pick<Run, "trigger" | "parent" | "started_by">): string {
  if (parent) return "another run";
  if (trigger) return triggerWords(trigger);
  if (by?.kind === "user") return by.name;
  if (by?.kind === "key") return `the API key “${by.name}”`;
  if (by?.kind === "broadcast") return `the broadcast “${by.name}”`;
  return by?.kind === "token" ? "the server’s token" : "request";
}

/** A trigger by its kind, and by what tells it from others: a name, a person, a message. */
function triggerWords(trigger: Record<string, unknown>): string {
  const { type, name, from, path } = trigger;
  const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : null);
  const person = text(from);
  if (type === "inbound_message") return person ? `a message from ${phone(person)}` : "a message from somebody";
  if (type === "inbound_call") return person ? `a call from ${phone(person)}` : "a call from somebody";
  if (type === "message_status") return "a message’s status";
  if (type === "webhook") return text(path) ? `the webhook ${text(path)}` : "a webhook";
  if (type === "schedule") return text(name) ? `the schedule “${text(name)}”` : "a schedule";
  return text(name) ?? "a trigger";
}

/** Inputs by which people recognise a run: the first few that are short. */
export function gist(inputs: Record<string, unknown>): string {
  return Object.values(inputs)
    .filter((value) => (typeof value === "string" && value !== "" && value.length <= 60) || typeof value === "number")
    .slice(0, 3)
    .map(String)
    .join(" · ");
}

/** How long a run took, or has been going on. */
export function took(run: Pick<Run, "created_at" | "finished_at">): string {
  if (!run.finished_at) return "–";
  return span((Date.parse(run.finished_at) - Date.parse(run.created_at)) / 1000);
}

/** Seconds as people say them: `0.2 s`, `3 min`, `2 h 5 min`, `3 days`. */
export function span(seconds: number): string {
  if (seconds < 0.1) return "under 0.1 s";
  if (seconds < 10) return `${Math.max(0, Math.round(seconds * 10) / 10)} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h${minutes % 60 ? ` ${minutes % 60} min` : ""}`;
  return `${Math.round(hours / 24)} days`;
}
