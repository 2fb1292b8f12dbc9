import type { Block, FlowEdge, Graph, StepNode } from "../types";
import { isRecord } from "./shapes";

/** Something a field can take its value from. */
export interface Variable {
  /** As a template names it: `customer.name`, `steps.ask.value`. */
  name: string;
  /** As a selector names it; null for what only templates know. */
  selector: string | null;
  kinds: string[];
  group: "Inputs" | "Variables" | "Steps before" | "What started the run";
  detail: string;
}

/** What `trigger.` has behind it, by the type of the trigger. */
export type TriggerFields = Record<string, string[]>;

/** Everything that stands ready when *step* runs; all there is where no step is named. */
export function variablesOf(
  graph: Graph,
  blocks: readonly Block[],
  step: string | null,
  triggerFields: TriggerFields,
): Variable[] {
  const found: Variable[] = graph.inputs.map((input) => ({
    name: input.name,
    selector: `$inputs.${input.name}`,
    kinds: input.kind,
    group: "Inputs" as const,
    detail: input.required ? "input" : "input, with a default",
  }));
  const before = step === null ? graph.steps : stepsBefore(graph, step);
  for (const name of Object.keys(graph.variables)) found.push(variable(name, "set for the workflow"));
  for (const one of before) found.push(...setBy(one));
  if (before.some((one) => one.type.startsWith("twilio/wait_for_reply"))) {
    found.push(variable("SMS reply", "the latest reply"));
  }
  for (const one of before) {
    const block = blockOf(blocks, one.type);
    for (const output of [...(block?.outputs ?? []), ...answersOf(one)]) {
      found.push({
        name: `steps.${one.id}.${output.name}`,
        selector: `$steps.${one.id}.${output.name}`,
        kinds: output.kinds,
        group: "Steps before",
        detail: one.id,
      });
    }
  }
  for (const type of new Set(graph.triggers.map((trigger) => trigger.type))) {
    for (const field of triggerFields[type] ?? []) {
      const name = `trigger.${field}`;
      if (!found.some((one) => one.name === name)) {
        found.push({ name, selector: null, kinds: ["*"], group: "What started the run", detail: "trigger" });
      }
    }
  }
  return distinct(found);
}

export function blockOf(blocks: readonly Block[], type: string): Block | undefined {
  return blocks.find((block) => block.types.includes(type));
}

/** Steps that can have run before this one: those that lead to it, or, where none does, all that it does not lead to. */
export function stepsBefore(graph: Graph, step: string): StepNode[] {
  const leading = reached(step, graph.edges, (edge) => [edge.target, edge.source]);
  const following = reached(step, graph.edges, (edge) => [edge.source, edge.target]);
  const known = graph.steps.filter((one) => one.id !== step);
  const before = known.filter((one) => leading.has(one.id));
  return before.length > 0 ? before : known.filter((one) => !following.has(one.id));
}

function reached(start: string, edges: readonly FlowEdge[], way: (edge: FlowEdge) => [string, string]): Set<string> {
  const seen = new Set<string>();
  const open = [start];
  for (let here = open.pop(); here !== undefined; here = open.pop()) {
    for (const edge of edges) {
      const [from, to] = way(edge);
      if (from === here && !seen.has(to)) {
        seen.add(to);
        open.push(to);
      }
    }
  }
  return seen;
}

function variable(name: string, detail: string): Variable {
  return { name, selector: null, kinds: ["*"], group: "Variables", detail };
}

/** Variables that a step sets: by name, by mapping of its outputs, or as answers of an interview. */
function setBy(step: StepNode): Variable[] {
  const names: string[] = [];
  const { set, response_mapping: mapping, variables } = step.fields;
  if (step.type.startsWith("flow/set_variables") && isRecord(set)) names.push(...Object.keys(set));
  if (isRecord(mapping)) names.push(...Object.values(mapping).filter((name) => typeof name === "string"));
  if (variables !== false) {
    const prefix = isRecord(variables) && typeof variables.prefix === "string" ? variables.prefix : "";
    names.push(...answersOf(step).map((answer) => prefix + answer.name));
  }
  return names.map((name) => variable(name, `set by ${step.id}`));
}

function answersOf(step: StepNode): { name: string; kinds: string[] }[] {
  const { questions } = step.fields;
  if (!step.type.startsWith("twilio/voice_agent") || !Array.isArray(questions)) return [];
  return questions
    .filter(isRecord)
    .map((question) => question.id)
    .filter((id): id is string => typeof id === "string" && id !== "")
    .map((name) => ({ name, kinds: ["*"] }));
}

function distinct(found: Variable[]): Variable[] {
  const seen = new Set<string>();
  return found.filter((one) => !seen.has(one.name) && seen.add(one.name));
}

/** Those whose values a field of these kinds takes. */
export function ofKinds(variables: readonly Variable[], kinds: readonly string[]): Variable[] {
  return variables.filter(
    (one) =>
      one.selector !== null &&
      (kinds.includes("*") || one.kinds.includes("*") || one.kinds.some((kind) => kinds.includes(kind))),
  );
}
