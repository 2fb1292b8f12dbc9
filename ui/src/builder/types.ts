/** The shapes that the server and the builder speak in; the server alone reads and writes YAML. */

import type { Tone } from "../components/StatusPill";

export interface Position {
  x: number;
  y: number;
}

/** Positions of the canvas by node: a step's name, or `trigger:<index>`. Nodes without one are laid out. */
export type Positions = Record<string, Position>;

/** A definition being edited; it is kept beside the published versions until it is published itself. */
export interface Draft {
  name: string;
  etag: string;
  /** The version it was begun from; null for a workflow that was never published. */
  base_version: number | null;
  /** The newest published version. */
  published: number | null;
  format: "yaml" | "json";
  text: string;
  /** The flow as drawn; where the text cannot be read, the last one that could be. */
  graph: Graph;
  faults: Fault[];
  positions: Positions;
  saved_at: string;
  /** Whether the text differs from the newest published version. */
  changed: boolean;
}

export interface Graph {
  name: string | null;
  description: string | null;
  steps: StepNode[];
  triggers: TriggerNode[];
  edges: FlowEdge[];
  inputs: InputSpec[];
  outputs: { name: string; selector: string }[];
  variables: Record<string, unknown>;
  defaults: Record<string, unknown>;
}

export interface StepNode {
  /** The step's name. */
  id: string;
  index: number;
  type: string;
  family: string;
  title: string;
  /** "Twilio SMS", "Twilio WhatsApp", "Twilio Voice", "Voice Agent", or the block's title. */
  service: string;
  from: string | null;
  to: string | null;
  /** The message, or what the step does, in one line. */
  summary: string;
  /** The keys of the step as they are written. */
  fields: Record<string, unknown>;
  outcomes: OutcomeSpec[];
}

export interface OutcomeSpec {
  name: string;
  tone: "good" | "bad" | "idle";
}

export interface TriggerNode {
  /** `trigger:<index>` */
  id: string;
  index: number;
  type: string;
  title: string;
  summary: string;
  fields: Record<string, unknown>;
}

export interface FlowEdge {
  id: string;
  source: string;
  target: string;
  /** Null for `next_steps`, data and triggers. */
  outcome: string | null;
  kind: "next" | "outcome" | "error" | "data" | "trigger";
}

/**
 * The edges a run took, by id; with each the outcome it was left by, where that is not the one it is drawn for: what
 * has no way of its own takes `next_steps`.
 */
export type Taken = ReadonlyMap<string, string | null>;

/** An input as it is written: WorkflowParameter and Roboflow's own. */
export interface InputSpec {
  index: number;
  type: string;
  name: string;
  kind: string[];
  required: boolean;
  default: unknown;
  description: string | null;
}

export interface Fault {
  /** "open" is our own word for an error that is only a field nobody has filled in yet. */
  severity: "error" | "warning" | "open";
  message: string;
  fix: string;
  step: string | null;
  field: string | null;
  line: number | null;
  column: number | null;
  code: string;
}

export type EditPath = (string | number)[];

/** A new step; `name` is made up where it is missing. */
export interface NewStep {
  type: string;
  name?: string;
  [field: string]: unknown;
}

export type Edit =
  /** ["steps", "<name>", "message"]; ["defaults", "from"]; ["triggers", 0, "keyword"]; ["variables", "x"] */
  | { op: "set"; path: EditPath; value: unknown }
  | { op: "remove"; path: EditPath }
  | { op: "add_step"; step: NewStep; after?: string; outcome?: string | null }
  | { op: "remove_steps"; names: string[] }
  | { op: "rename_step"; from: string; to: string }
  | { op: "move_step"; name: string; before?: string }
  | { op: "set_type"; name: string; type: string }
  | { op: "connect"; source: string; outcome: string | null; target: string }
  | { op: "disconnect"; source: string; outcome: string | null; target: string }
  | { op: "positions"; positions: Record<string, Position | null> }
  | { op: "paste"; steps: object[]; at?: Position }
  /** With the text it was made of as `base`, what others changed since is kept. */
  | { op: "set_text"; text: string; base?: string };

/** A kind of step as the palette and the panel need it. */
export interface Block {
  type: string;
  /** The identifier and its aliases. */
  types: string[];
  family: string;
  title: string;
  description: string;
  /** Name of a lucide icon in kebab-case. */
  icon: string;
  schema: JsonSchema;
  outcomes: OutcomeSpec[];
  /** Whether a step's own fields add outcomes, such as the keys of a menu. */
  own_outcomes: boolean;
  outputs: { name: string; kinds: string[] }[];
  sends: boolean;
  waits: boolean;
}

/** The part of JSON Schema that pydantic writes, with our hints. */
export interface JsonSchema {
  type?: string | string[];
  title?: string;
  description?: string;
  default?: unknown;
  const?: unknown;
  enum?: unknown[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  items?: JsonSchema;
  prefixItems?: JsonSchema[];
  properties?: Record<string, JsonSchema>;
  additionalProperties?: boolean | JsonSchema;
  required?: string[];
  discriminator?: { propertyName: string; mapping?: Record<string, string> };
  $ref?: string;
  $defs?: Record<string, JsonSchema>;
  format?: string;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  examples?: unknown[];
  "x-widget"?: Widget;
  "x-tag"?: "from" | "to";
  "x-ringline-kinds"?: string[];
  "x-order"?: number | string[];
  "x-enum-labels"?: Record<string, string>;
  [more: string]: unknown;
}

export type Widget =
  | "phone"
  | "template"
  | "secret"
  | "expression"
  | "credential"
  | "sender"
  | "duration"
  | "question_flow"
  | "selector"
  | "step"
  | "levels"
  | "menu"
  | "json";

/** How a step stands in a run, for the canvas. */
export interface StepState {
  tone: Tone;
  word: string;
  detail?: string;
}

export type Saving = "saved" | "saving" | "conflict" | "failed";

/** One line of a comparison of two texts. */
export interface DiffLine {
  kind: "same" | "added" | "removed";
  text: string;
  /** Line number, from 1, in the old and in the new text; null where it is not there. */
  old: number | null;
  new: number | null;
}

/** What differs between two texts: hunks of lines, and one sentence for each thing changed. */
export interface Diff {
  lines: DiffLine[][];
  summary: DiffSentence[];
}

export interface DiffSentence {
  kind: "added" | "removed" | "changed" | "renamed";
  step: string | null;
  sentence: string;
}

/** What a stale write is answered with. */
export interface Conflict {
  draft: Draft;
  /** What others changed since the text this browser began from. */
  base_diff: Diff;
  /** What this browser would have changed. */
  your_diff: Diff;
}

export interface VersionRow {
  version: number;
  published_at: string;
  published_by: string | null;
  current: boolean;
}
