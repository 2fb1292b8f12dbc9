import type { Draft, Edit, EditPath, Graph, StepNode } from "./types";

/**
 * The draft as it will be, as far as the browser can tell: fields and positions change at once, so that typing and
 * dragging are felt, and so do the names and kinds of steps, which the next edits speak of. What needs the definition's rules (new steps, connections) is shown when the server has answered.
 */
export function foreseen(draft: Draft, edits: Edit[]): Draft {
  return edits.reduce(withEdit, draft);
}

function withEdit(draft: Draft, edit: Edit): Draft {
  switch (edit.op) {
    case "positions": {
      const positions = { ...draft.positions };
      for (const [node, position] of Object.entries(edit.positions)) {
        if (position === null) delete positions[node];
        else positions[node] = position;
      }
      return { ...draft, positions };
    }
    case "set":
      return { ...draft, graph: withValue(draft.graph, edit.path, edit.value) };
    case "remove":
      return { ...draft, graph: withValue(draft.graph, edit.path, undefined) };
    case "set_text":
      return { ...draft, text: edit.text };
    case "set_type":
      return withSteps(draft, (step) => (step.id === edit.name ? { ...step, type: edit.type, fields: { ...step.fields, type: edit.type } } : step));
    case "rename_step":
      return renamed(draft, edit.from, edit.to);
    default:
      return draft;
  }
}

function withSteps(draft: Draft, change: (step: StepNode) => StepNode): Draft {
  return { ...draft, graph: { ...draft.graph, steps: draft.graph.steps.map(change) } };
}

/** With a step called otherwise, so that what is edited next finds it; the texts that name it come from the server. */
function renamed(draft: Draft, from: string, to: string): Draft {
  const name = (id: string) => (id === from ? to : id);
  const edges = draft.graph.edges.map((edge) => ({ ...edge, source: name(edge.source), target: name(edge.target) }));
  const positions = Object.fromEntries(Object.entries(draft.positions).map(([id, place]) => [name(id), place]));
  const faults = draft.faults.map((fault) => (fault.step === from ? { ...fault, step: to } : fault));
  const named = withSteps(draft, (step) => (step.id === from ? { ...step, id: to, fields: { ...step.fields, name: to } } : step));
  return { ...named, graph: { ...named.graph, edges }, positions, faults };
}

function withValue(graph: Graph, path: EditPath, value: unknown): Graph {
  const [part, which, ...rest] = path;
  if (part === "steps" && rest.length > 0) {
    const steps = graph.steps.map((step) =>
      step.id === which ? { ...step, fields: placed(step.fields, rest, value) as Record<string, unknown> } : step,
    );
    return { ...graph, steps };
  }
  if (part === "triggers" && rest.length > 0) {
    const triggers = graph.triggers.map((trigger) =>
      trigger.index === which
        ? { ...trigger, fields: placed(trigger.fields, rest, value) as Record<string, unknown> }
        : trigger,
    );
    return { ...graph, triggers };
  }
  if ((part === "defaults" || part === "variables") && which !== undefined) {
    return { ...graph, [part]: placed(graph[part], [which, ...rest], value) };
  }
  return graph;
}

/** A copy of *target* with *value* at *path*; without what stands there where it is undefined. */
function placed(target: unknown, path: EditPath, value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (typeof key === "number") {
    const list = Array.isArray(target) ? [...target] : [];
    if (rest.length === 0 && value === undefined) list.splice(key, 1);
    else list[key] = placed(list[key], rest, value);
    return list;
  }
  const map = { ...(isRecord(target) ? target : {}) };
  if (rest.length === 0 && value === undefined) delete map[key];
  else map[key] = placed(map[key], rest, value);
  return map;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
