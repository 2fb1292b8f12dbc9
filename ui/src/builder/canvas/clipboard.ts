import type { Graph } from "../types";

const MARK = "ringline/steps";

/** The steps *names* of *graph* as text for the clipboard; another workflow, or another tab, takes it. */
export function copied(graph: Graph, names: Iterable<string>): string {
  const wanted = new Set(names);
  const steps = graph.steps.filter((step) => wanted.has(step.id)).map((step) => step.fields);
  return JSON.stringify({ [MARK]: steps }, null, 2);
}

/** The steps in a text from the clipboard: ours, a list of steps, or one step; null for anything else. */
export function pasted(text: string): object[] | null {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    return null;
  }
  if (isRecord(given) && Array.isArray(given[MARK])) given = given[MARK];
  else if (isRecord(given) && Array.isArray(given.steps)) given = given.steps;
  const list = Array.isArray(given) ? given : [given];
  const steps = list.filter((step): step is Record<string, unknown> => isRecord(step) && typeof step.type === "string");
  return steps.length > 0 && steps.length === list.length ? steps : null;
}

/** A name for a new step of *type* that no step has yet: what it does, and a number where that is taken. */
export function nameFor(type: string, taken: Iterable<string>): string {
  const names = new Set(taken);
  const word = wordFor(type);
  if (!names.has(word)) return word;
  let count = 2;
  while (names.has(`${word}_${count}`)) count += 1;
  return `${word}_${count}`;
}

/** Whether a step of *type* has a name that was made up for it, and not given by somebody. */
export function isGivenName(name: string, type: string): boolean {
  return name.replace(/_\d+$/, "") === wordFor(type);
}

function wordFor(type: string): string {
  const plain = type.split("@")[0] ?? "";
  return NAMES[plain] ?? plain.split("/").at(-1)?.replaceAll(/\W+/g, "_") ?? "step";
}

const NAMES: Record<string, string> = {
  "twilio/sms": "text",
  "twilio/whatsapp": "whatsapp",
  "twilio/voice_call": "call",
  "twilio/voice_agent": "interview",
  "twilio/wait_for_reply": "answer",
  "twilio/wait_for_delivery": "delivery",
  "flow/wait_until": "wait",
  "data/http_request": "request",
  "roboflow_core/switch_case": "route",
  "roboflow_core/continue_if": "check",
};

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
