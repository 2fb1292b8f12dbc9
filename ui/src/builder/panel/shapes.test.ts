import { describe, expect, it } from "vitest";
import type { JsonSchema } from "../types";
import { editFor } from "./edits";
import { inWords, seconds, written } from "./durations";
import { chosen, openExpression, suggestions } from "./fields/completion";
import fixture from "./schemas.fixture.json";
import { arranged, blank, fits, labelOf, read, words } from "./shapes";

const BLOCKS = fixture.blocks as unknown as Record<string, JsonSchema>;

function field(type: string, key: string) {
  const schema = BLOCKS[type]!;
  return read(schema.properties![key]!, schema.$defs ?? {}, key);
}

describe("the shape of a field", () => {
  it.each([
    ["twilio/sms@v1", "to", "text", "phone"],
    ["twilio/sms@v1", "from", "text", "sender"],
    ["twilio/sms@v1", "message", "texts", "template"],
    ["twilio/sms@v1", "media", "one_or_more", "template"],
    ["twilio/sms@v1", "validity", "text", "duration"],
    ["twilio/sms@v1", "send_at", "text", "template"],
    ["twilio/sms@v1", "content_variables", "map", "template"],
    ["twilio/voice_call@v1", "machine_detection", "choice", null],
    ["twilio/voice_call@v1", "record", "boolean", null],
    ["twilio/voice_call@v1", "repeat", "number", null],
    ["twilio/voice_call@v1", "retry_call", "object", null],
    ["twilio/voice_agent@v1", "questions", "list", "question_flow"],
    ["twilio/voice_agent@v1", "on_drop", "list", null],
    ["twilio/voice_agent@v1", "variables", "union", null],
    ["twilio/wait_for_reply@v1", "after", "one_or_more", "step"],
    ["twilio/wait_for_reply@v1", "expect", "object", "template"],
    ["twilio/wait_for_reply@v1", "wait_for", "text", "duration"],
    ["flow/escalate@v1", "acknowledge", "map", null],
    ["flow/set_variables@v1", "set", "map", null],
    ["data/http_request@v1", "json", "json", "json"],
    ["data/http_request@v1", "bearer_token", "text", "secret"],
    ["roboflow_core/switch_case@v1", "cases", "map", "step"],
    ["roboflow_core/continue_if@v1", "next_steps", "list", "step"],
    ["roboflow_core/property_definition@v1", "operations", "list", null],
  ])("%s: %s is %s", (type, key, kind, widget) => {
    const found = field(type, key);
    expect([found.shape.kind, found.widget]).toEqual([kind, widget]);
  });

  it("of a discriminated union is its alternatives by name", () => {
    const schema = BLOCKS["roboflow_core/property_definition@v1"]!;
    const { shape } = field("roboflow_core/property_definition@v1", "operations");
    const item = read(shape.kind === "list" ? shape.item : {}, schema.$defs ?? {});
    expect(item.shape).toMatchObject({ kind: "union", discriminator: "type" });
    expect(item.shape.kind === "union" && item.shape.arms.map((arm) => arm.label)).toContain("String to lower case");
  });

  it("says which kinds a selector may have", () => {
    expect(field("twilio/sms@v1", "media").kinds).toEqual(["string", "list_of_values", "image"]);
    expect(field("roboflow_core/property_definition@v1", "data").selectorOnly).toBe(true);
    expect(field("twilio/sms@v1", "credential").kinds).toBeNull();
  });

  it("keeps the orange and the blue tag", () => {
    expect(field("twilio/sms@v1", "from").tag).toBe("from");
    expect(field("roboflow_core/twilio_sms_notification@v2", "receiver_number").tag).toBe("to");
  });

  it("is known for every field of every block and trigger", () => {
    const kinds = new Set<string>();
    for (const schemas of [fixture.blocks, fixture.triggers] as unknown as Record<string, JsonSchema>[]) {
      for (const schema of Object.values(schemas)) {
        for (const [key, property] of Object.entries(schema.properties ?? {})) {
          kinds.add(read(property, schema.$defs ?? {}, key).shape.kind);
        }
      }
    }
    expect(kinds.size).toBeGreaterThan(8);
  });
});

describe("names", () => {
  it("are in sentence case unless the author gave one", () => {
    expect(labelOf("Max Duration", "max_duration")).toBe("Max duration");
    expect(labelOf("URL", "url")).toBe("URL");
    expect(labelOf("Twilio account SID", "twilio_account_sid")).toBe("Twilio account SID");
    expect(words("NumericSequenceAggregate")).toBe("Numeric sequence aggregate");
  });
});

describe("the order of a form", () => {
  it("shows what comes first and what is required, and folds the rest", () => {
    const { shown, folded } = arranged(BLOCKS["twilio/sms@v1"]!, new Set(["type", "name"]));
    expect(shown).toEqual(["from", "to", "message"]);
    expect(folded).toContain("purpose");
    expect(folded).not.toContain("name");
  });
});

describe("values", () => {
  const defs = BLOCKS["twilio/wait_for_reply@v1"]!.$defs ?? {};

  it("begin with the smallest thing the schema takes", () => {
    expect(blank({ type: "object", required: ["a"], properties: { a: { type: "integer", minimum: 2 } } }, {})).toEqual({ a: 2 });
    expect(blank({ anyOf: [{ type: "null" }, { type: "array" }] }, {})).toEqual([]);
  });

  it("are told apart by their form", () => {
    expect(fits("yes", { type: "string" }, {})).toBe(true);
    expect(fits({ label: "yes" }, { $ref: "#/$defs/Choice" }, defs)).toBe(true);
    expect(fits({ id: "yes" }, { $ref: "#/$defs/Choice" }, defs)).toBe(false);
  });
});

describe("edits", () => {
  const base = ["steps", "ask"];

  it("set what is there", () => {
    expect(editFor(base, { a: { b: 1 } }, ["a", "b"], 2)).toEqual({ op: "set", path: ["steps", "ask", "a", "b"], value: 2 });
  });

  it("set the whole of what is missing", () => {
    expect(editFor(base, {}, ["expect", "type"], "number")).toEqual({
      op: "set",
      path: ["steps", "ask", "expect"],
      value: { type: "number" },
    });
  });

  it("take away what would be left empty", () => {
    expect(editFor(base, { a: { b: 1 } }, ["a", "b"], undefined)).toEqual({ op: "remove", path: ["steps", "ask", "a"] });
    expect(editFor(base, { a: { b: 1, c: 2 } }, ["a", "b"], undefined)).toEqual({
      op: "remove",
      path: ["steps", "ask", "a", "b"],
    });
    expect(editFor(base, { a: [{ b: 1 }] }, ["a", 0, "b"], undefined)).toEqual({
      op: "remove",
      path: ["steps", "ask", "a", 0, "b"],
    });
  });
});

describe("durations", () => {
  it.each([
    ["2h", 7200, "2 hours"],
    ["1h30m", 5400, "1 hour 30 minutes"],
    ["3d", 259200, "3 days"],
    ["500ms", 0.5, "0.5 seconds"],
  ])("%s is read", (text, amount, spoken) => {
    expect(seconds(text)).toBe(amount);
    expect(inWords(amount)).toBe(spoken);
  });

  it("are written as a definition has them", () => {
    expect(written(300)).toBe("5m");
    expect(written(86_400)).toBe("1d");
    expect(seconds("soon")).toBeNull();
  });
});

describe("completion", () => {
  const vocabulary = {
    helpers: [{ name: "formatDate", call: "formatDate(value)", description: "A day." }],
    filters: [],
    trigger_fields: {},
    triggers: [],
    purposes: [],
    languages: [],
  };

  it("opens between the braces only", () => {
    expect(openExpression("Hi {{cust", 9)).toEqual({ start: 3, typed: "cust" });
    expect(openExpression("Hi {{name}} you", 15)).toBeNull();
    expect(openExpression("Hi", 2)).toBeNull();
  });

  it("offers names and helpers, best first", () => {
    const found = suggestions("date", ["birthdate", "date_of_visit"], vocabulary);
    expect(found.map((one) => one.label)).toEqual(["date_of_visit", "birthdate", "formatDate(value)"]);
    expect(suggestions("birthdate", ["birthdate"], vocabulary)).toEqual([]);
  });

  it("closes the braces and puts the caret where one goes on", () => {
    const [name, helper] = [suggestions("na", ["name"], vocabulary)[0]!, suggestions("format", [], vocabulary)[0]!];
    expect(chosen("Hi {{na", 3, 7, name)).toEqual({ text: "Hi {{name}}", caret: 11 });
    expect(chosen("Hi {{na}}!", 3, 7, name)).toEqual({ text: "Hi {{name}}!", caret: 11 });
    expect(chosen("{{format", 0, 8, helper)).toEqual({ text: "{{formatDate()}}", caret: 13 });
  });
});
