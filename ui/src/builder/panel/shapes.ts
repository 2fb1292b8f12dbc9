import type { JsonSchema, Widget } from "../types";

/** What a field takes, read out of the part of JSON Schema that pydantic writes. */
export type Shape =
  | { kind: "text" }
  | { kind: "number"; integer: boolean; minimum?: number; maximum?: number }
  | { kind: "boolean" }
  | { kind: "choice"; options: unknown[] }
  /** Text that may also be a number or true or false. */
  | { kind: "scalar"; numbers: boolean; booleans: boolean }
  /** One text, or a text for each language. */
  | { kind: "texts" }
  /** One, or a list of several. */
  | { kind: "one_or_more"; item: JsonSchema }
  | { kind: "list"; item: JsonSchema; least: number }
  | { kind: "map"; value: JsonSchema; keys: string[] | null; key: string | null }
  | { kind: "object"; schema: JsonSchema }
  | { kind: "union"; arms: Arm[]; discriminator: string | null }
  /** Anything at all. */
  | { kind: "any" }
  | { kind: "json" };

export interface Arm {
  label: string;
  schema: JsonSchema;
}

/** A field as the form shows it. */
export interface Field {
  shape: Shape;
  label: string;
  description: string;
  /** What holds where nothing is written; undefined where nothing is said. */
  otherwise: unknown;
  widget: Widget | null;
  tag: "from" | "to" | null;
  /** Kinds of values a selector may point at; null where none is taken. */
  kinds: string[] | null;
  /** Whether nothing but a selector can stand here. */
  selectorOnly: boolean;
  isTemplate: boolean;
  /** Whether the steps it names come after it, rather than before. */
  isTarget: boolean;
  /** The field whose keys fill the gaps of a text of Roboflow's. */
  placeholders: string | null;
  /** Whether its name is only heard: what stands around it says it already. */
  isBare: boolean;
  examples: string[];
  labels: Record<string, string>;
}

type Defs = Record<string, JsonSchema>;

const HINTS = ["x-widget", "x-tag", "x-targets", "x-placeholders", "x-enum-labels"] as const;

/** What the schema of one field says. *inherited* is the widget of what it stands in: texts within a template are too. */
export function read(schema: JsonSchema, defs: Defs, key = "", inherited: JsonSchema = {}): Field {
  const gathered = gather(resolve(schema, defs), defs);
  const hints: JsonSchema = { ...handedDown(inherited), ...gathered.hints };
  const widget = hints["x-widget"] ?? null;
  return {
    shape: gathered.arms.length === 0 && gathered.selectors.length > 0 ? { kind: "text" } : shapeOf(gathered.arms, defs),
    // The title of what a `$ref` names is that of a class of ours, not of this field.
    label: labelOf(schema.title ?? (key === "" ? resolve(schema, defs).title : undefined), key),
    description: resolve(schema, defs).description ?? "",
    otherwise: schema.default ?? resolve(schema, defs).default,
    widget,
    tag: hints["x-tag"] ?? null,
    kinds: gathered.selectors.length > 0 ? [...new Set(gathered.selectors.flat())] : null,
    selectorOnly: gathered.arms.length === 0 && gathered.selectors.length > 0,
    isTemplate: gathered.isTemplate || inherited["x-widget"] === "template" || inherited["x-template"] === true,
    isTarget: hints["x-targets"] === true,
    placeholders: typeof hints["x-placeholders"] === "string" ? hints["x-placeholders"] : null,
    isBare: false,
    examples: (gathered.examples ?? []).map(String),
    labels: hints["x-enum-labels"] ?? {},
  };
}

/** What elements of a field are told of the field: that they are templates, and what names steps names them within. */
export function handedDown(hints: JsonSchema): JsonSchema {
  const down: JsonSchema = {};
  if (hints["x-widget"] === "template" || hints["x-template"] === true) down["x-template"] = true;
  if (hints["x-widget"] === "step") down["x-widget"] = "step";
  if (hints["x-targets"] === true) down["x-targets"] = true;
  return down;
}

/** What a field's elements inherit, from the field as it was read. */
export function within(field: Field): JsonSchema {
  return handedDown({
    ...(field.widget === null ? {} : { "x-widget": field.widget }),
    "x-template": field.isTemplate,
    "x-targets": field.isTarget,
  });
}

/** The schema that a `$ref` names, with what stands beside it on top. */
export function resolve(schema: JsonSchema, defs: Defs): JsonSchema {
  const only = schema.allOf?.length === 1 ? schema.allOf[0] : undefined;
  const target = schema.$ref === undefined ? only : defs[schema.$ref.replace("#/$defs/", "")];
  if (target === undefined) return schema;
  const { $ref: _ref, allOf: _all, ...beside } = schema;
  return { ...resolve(target, defs), ...beside };
}

interface Gathered {
  arms: JsonSchema[];
  selectors: string[][];
  hints: JsonSchema;
  isTemplate: boolean;
  examples: unknown[] | undefined;
}

/** The alternatives of a schema without null and without selectors, and the hints on the way to them. */
function gather(schema: JsonSchema, defs: Defs): Gathered {
  const found: Gathered = { arms: [], selectors: [], hints: {}, isTemplate: false, examples: schema.examples };
  const walk = (one: JsonSchema) => {
    const here = resolve(one, defs);
    const kinds = here["x-ringline-kinds"];
    if (here["x-widget"] === "template") found.isTemplate = true;
    for (const hint of HINTS) {
      // What is particular wins over "template", wherever it stands.
      if (here[hint] !== undefined && (found.hints[hint] === undefined || found.hints[hint] === "template")) {
        (found.hints as Record<string, unknown>)[hint] = here[hint];
      }
    }
    found.examples ??= here.examples;
    if (here.anyOf !== undefined) here.anyOf.forEach(walk);
    else if (kinds !== undefined && here.pattern !== undefined) found.selectors.push(kinds);
    else if (here.type !== "null") found.arms.push(here);
  };
  walk(schema);
  return found;
}

function shapeOf(given: JsonSchema[], defs: Defs): Shape {
  const arms = distinct(given);
  const [first] = arms;
  if (first === undefined) return { kind: "any" };
  if (arms.length === 1) return plainShape(first, defs);
  if (arms.every((arm) => arm.enum !== undefined || arm.const !== undefined)) {
    return { kind: "choice", options: arms.flatMap(options) };
  }
  if (arms.every(isScalar)) {
    const types = arms.map((arm) => arm.type);
    return types.includes("string")
      ? { kind: "scalar", numbers: types.some(isNumeric), booleans: types.includes("boolean") }
      : types.every(isNumeric)
        ? { kind: "number", integer: false }
        : { kind: "scalar", numbers: true, booleans: types.includes("boolean") };
  }
  if (arms.some(isAnything)) return { kind: "any" };
  const text = arms.find((arm) => arm.type === "string" && arm.enum === undefined);
  const other = arms.find((arm) => arm !== text);
  if (arms.length === 2 && text !== undefined && other !== undefined) {
    if (other.type === "array" && other.items !== undefined && resolve(other.items, defs).type === "string") {
      return { kind: "one_or_more", item: other.items };
    }
    if (other.type === "object" && typeof other.additionalProperties === "object") {
      if (resolve(other.additionalProperties, defs).type === "string") return { kind: "texts" };
    }
  }
  if (arms.some((arm) => arm.type === "object" && arm.additionalProperties === true) && arms.length > 3) {
    return { kind: "json" };
  }
  return { kind: "union", arms: arms.map((arm) => ({ label: armLabel(arm), schema: arm })), discriminator: null };
}

function plainShape(schema: JsonSchema, defs: Defs): Shape {
  if (schema["x-widget"] === "json") return { kind: "json" };
  if (schema.enum !== undefined || schema.const !== undefined) return { kind: "choice", options: options(schema) };
  if (schema.oneOf !== undefined) {
    const property = schema.discriminator?.propertyName ?? null;
    const arms = schema.oneOf.map((arm) => {
      const full = resolve(arm, defs);
      const named = property === null ? undefined : full.properties?.[property]?.const;
      return { label: named === undefined ? armLabel(full) : words(String(named)), schema: full };
    });
    return { kind: "union", arms, discriminator: property };
  }
  switch (schema.type) {
    case "string":
      return { kind: "text" };
    case "integer":
    case "number":
      return {
        kind: "number",
        integer: schema.type === "integer",
        ...(schema.minimum === undefined ? {} : { minimum: schema.minimum }),
        ...(schema.maximum === undefined ? {} : { maximum: schema.maximum }),
      };
    case "boolean":
      return { kind: "boolean" };
    case "array":
      if (schema.prefixItems !== undefined) return { kind: "json" };
      return { kind: "list", item: schema.items ?? {}, least: schema.minItems ?? 0 };
    case "object":
      return objectShape(schema);
    case undefined:
      return schema.properties === undefined ? { kind: "any" } : objectShape(schema);
    default:
      return { kind: "json" };
  }
}

function objectShape(schema: JsonSchema): Shape {
  if (schema.properties !== undefined && Object.keys(schema.properties).length > 0) return { kind: "object", schema };
  const names = schema.propertyNames as JsonSchema | undefined;
  const keys = names?.enum?.map(String) ?? null;
  const value = typeof schema.additionalProperties === "object" ? schema.additionalProperties : null;
  if (value !== null) return { kind: "map", value, keys, key: null };
  return keys === null ? { kind: "json" } : { kind: "map", value: {}, keys, key: null };
}

/** Alternatives of which no two are edited alike: dates are texts too. */
function distinct(arms: JsonSchema[]): JsonSchema[] {
  const seen = new Set<string>();
  return arms.filter((arm) => {
    const isSimple = isScalar(arm) && arm.enum === undefined;
    const sign = isSimple ? String(arm.type) : JSON.stringify(arm);
    return !seen.has(sign) && seen.add(sign);
  });
}

function options(schema: JsonSchema): unknown[] {
  return schema.enum ?? [schema.const];
}

function isNumeric(type: unknown): boolean {
  return type === "integer" || type === "number";
}

function isScalar(schema: JsonSchema): boolean {
  return schema.enum === undefined && schema.const === undefined && (schema.type === "string" || schema.type === "boolean" || isNumeric(schema.type));
}

function isAnything(schema: JsonSchema): boolean {
  return schema.type === undefined && schema.enum === undefined && schema.const === undefined && !schema.properties && !schema.oneOf;
}

function armLabel(schema: JsonSchema): string {
  if (schema.title !== undefined) return words(schema.title);
  switch (schema.type) {
    case "string":
      return schema.enum === undefined ? "Text" : "One of";
    case "array":
      return "List";
    case "object":
      return "Details";
    case "boolean":
      return "Yes or no";
    default:
      return isNumeric(schema.type) ? "Number" : "Anything";
  }
}

/** Whether a value could have been written for this schema, as far as its form tells. */
export function fits(value: unknown, schema: JsonSchema, defs: Defs): boolean {
  const full = resolve(schema, defs);
  if (full.anyOf !== undefined) return full.anyOf.some((arm) => fits(value, arm, defs));
  if (full.oneOf !== undefined) return full.oneOf.some((arm) => fits(value, arm, defs));
  if (full.enum !== undefined) return full.enum.includes(value);
  if (full.const !== undefined) return full.const === value;
  switch (full.type) {
    case "string":
      return typeof value === "string";
    case "integer":
    case "number":
      return typeof value === "number";
    case "boolean":
      return typeof value === "boolean";
    case "array":
      return Array.isArray(value);
    case "null":
      return value === null;
    case "object":
      return isRecord(value) && fitsObject(value, full, defs);
    default:
      return true;
  }
}

function fitsObject(value: Record<string, unknown>, schema: JsonSchema, defs: Defs): boolean {
  const properties = schema.properties ?? {};
  if (!(schema.required ?? []).every((key) => key in value)) return false;
  return Object.entries(value).every(([key, one]) => {
    const property = properties[key];
    if (property === undefined) return schema.additionalProperties !== false;
    const named = resolve(property, defs).const;
    return named === undefined || named === one;
  });
}

/** The smallest value of this schema, to begin with. */
export function blank(schema: JsonSchema, defs: Defs): unknown {
  const full = resolve(schema, defs);
  if (full.default !== undefined && full.default !== null) return full.default;
  if (full.const !== undefined) return full.const;
  if (full.enum !== undefined) return full.enum[0];
  const first = (full.anyOf ?? full.oneOf)?.find((arm) => {
    const one = resolve(arm, defs);
    return one.type !== "null" && one["x-ringline-kinds"] === undefined;
  });
  if (first !== undefined) return blank(first, defs);
  switch (full.type) {
    case "array":
      return [];
    case "boolean":
      return false;
    case "integer":
    case "number":
      return full.minimum ?? 0;
    case "object":
      return Object.fromEntries(
        (full.required ?? []).map((key) => [key, blank(full.properties?.[key] ?? {}, defs)] as const),
      );
    default:
      return "";
  }
}

/** A field's name as people write it: the title its author gave, else the key in words. */
export function labelOf(title: string | undefined, key: string): string {
  const made = key.replace(/_/g, " ").replace(/\b[a-z]/g, (letter) => letter.toUpperCase());
  return title !== undefined && title.replace(/[ _]+/g, " ").trim() !== made.trim() ? title : words(key);
}

const SPELLED: Record<string, string> = { url: "URL", sid: "SID", json: "JSON", csv: "CSV", http: "HTTP", id: "id" };

/** `max_duration` as "Max duration", `NumericSequenceAggregate` as "Numeric sequence aggregate". */
export function words(key: string): string {
  const parts = key
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .split(/[\s_-]+/)
    .filter(Boolean)
    .map((part) => SPELLED[part.toLowerCase()] ?? (/^[A-Z]{2,}$/.test(part) ? part : part.toLowerCase()));
  const text = parts.join(" ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A block's fields in the order of its form: those always shown, and those that fold away. */
export function arranged(schema: JsonSchema, without: ReadonlySet<string>): { shown: string[]; folded: string[] } {
  const order = Array.isArray(schema["x-order"]) ? schema["x-order"] : [];
  const required = new Set(schema.required ?? []);
  const keys = Object.keys(schema.properties ?? {}).filter((key) => !without.has(key));
  const first = order.filter((key) => keys.includes(key));
  const shown = [...first, ...keys.filter((key) => required.has(key) && !first.includes(key))];
  return { shown, folded: keys.filter((key) => !shown.includes(key)) };
}
