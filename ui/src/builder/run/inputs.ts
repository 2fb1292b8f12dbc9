import type { Graph, InputSpec } from "../types";

export type InputForm = "phone" | "text" | "number" | "yes_no" | "moment" | "json";

/** What kind of field an input is asked for with. */
export function formOf(input: InputSpec, graph: Graph): InputForm {
  const kinds = new Set(input.kind);
  if (kinds.has("boolean")) return "yes_no";
  if (["integer", "float", "float_zero_to_one"].some((kind) => kinds.has(kind))) return "number";
  if (kinds.has("timestamp")) return "moment";
  if (["list_of_values", "dictionary", "image", "object_detection_prediction"].some((kind) => kinds.has(kind))) return "json";
  if (isPhone(input, graph)) return "phone";
  return input.type === "WorkflowParameter" || input.type === "InferenceParameter" ? "text" : "json";
}

/** Whether a number to reach somebody at is meant: a step sends there, or the name says so. */
function isPhone(input: InputSpec, graph: Graph): boolean {
  if (/phone|mobile|number_to|recipient/i.test(input.name)) return true;
  const names = [`$inputs.${input.name}`, `{{${input.name}}}`, `{{ ${input.name} }}`];
  return graph.steps.some((step) => names.includes(String(step.fields.to)) || step.to === input.name);
}

/** The values a form begins with: the last ones, else what the workflow says itself, else nothing. */
export function firstValues(inputs: InputSpec[], last: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    inputs.map((input) => [input.name, last[input.name] ?? (input.required ? undefined : input.default)]),
  );
}

/** What is sent: without what was left empty, JSON read; a sentence where it cannot be. */
export function valuesToSend(
  graph: Graph,
  values: Record<string, unknown>,
): { inputs: Record<string, unknown>; faults: Record<string, string> } {
  const inputs: Record<string, unknown> = {};
  const faults: Record<string, string> = {};
  for (const input of graph.inputs) {
    const value = values[input.name];
    if (value === undefined || value === "" || value === null) {
      if (input.required) faults[input.name] = "The workflow needs this.";
      continue;
    }
    const form = formOf(input, graph);
    if (form === "json" && typeof value === "string") {
      try {
        inputs[input.name] = JSON.parse(value);
      } catch {
        if (input.kind.includes("*") || input.kind.includes("string")) inputs[input.name] = value;
        else faults[input.name] = 'This is not JSON. Lists are written ["a", "b"], texts in quotes.';
      }
    } else inputs[input.name] = form === "phone" ? String(value).replaceAll(/[\s().-]/g, "") : value;
  }
  return { inputs, faults };
}

const KEY = "ringline.last-inputs.";

/** The inputs of the last run from here. */
export function lastInputs(workflow: string): Record<string, unknown> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY + workflow) ?? "{}");
    return typeof kept === "object" && kept !== null ? (kept as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

export function rememberInputs(workflow: string, values: Record<string, unknown>): void {
  try {
    localStorage.setItem(KEY + workflow, JSON.stringify(values));
  } catch {
    // A full or forbidden store costs the memory of the last inputs, and nothing else.
  }
}
