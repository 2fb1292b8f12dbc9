import { describe, expect, it } from "vitest";
import { APPOINTMENT } from "../canvas/appointment.fixture";
import type { InputSpec } from "../types";
import { firstValues, formOf, valuesToSend } from "./inputs";
import { aboutRunning, runnable } from "./runnable";
import { pictureOf, type RunEvent } from "./states";
import { unsentOf } from "./unsent";

function event(kind: string, step: string | null, details: Record<string, unknown> = {}): RunEvent {
  return { at: "2026-05-06T10:30:00Z", kind, step, details };
}

const BEGUN = [
  event("started", null),
  event("step_done", "confirm", { outcome: "sent" }),
  event("step_done", "day_before", { outcome: "reached" }),
  event("step_done", "remind", { outcome: "sent" }),
];

describe("a run's picture", () => {
  it("colours what is done and what waits, and marks the ways that were taken", () => {
    const { states, taken } = pictureOf(
      [...BEGUN, event("waiting", "answer", { for: ["reply/x"], until: "2026-05-06T14:30:00Z" })],
      APPOINTMENT,
      "waiting",
    );
    expect(states.confirm).toMatchObject({ tone: "good", word: "Sent" });
    expect(states.answer).toMatchObject({ tone: "wait", word: "Waits for a reply" });
    expect(states.see_you).toBeUndefined();
    expect([...taken.keys()].sort()).toEqual([
      "confirm:next:day_before",
      "day_before:reached:remind",
      "remind:sent:answer",
      "trigger:0:trigger:confirm",
    ]);
  });

  it("knows the way a switch took by where the run went, and what was said", () => {
    const { states, taken } = pictureOf(
      [...BEGUN, event("step_done", "answer", { outcome: "reply", outputs: { text: "yes please" } }), event("step_done", "route"), event("step_done", "see_you", { outcome: "sent" })],
      APPOINTMENT,
      "completed",
    );
    expect(states.answer?.detail).toBe("“yes please”");
    expect([...taken.keys()]).toContain("route:YES:see_you");
    expect([...taken.keys()]).not.toContain("route:RESCHEDULE:tell_clinic");
    expect(states.tell_clinic).toMatchObject({ tone: "idle", word: "Not reached" });
  });

  it("shows a bad outcome as bad, an error with its way, and elements of a batch as their step", () => {
    const { states, taken } = pictureOf(
      [event("step_failed", "remind[0]", { error: "no credit" }), event("step_done", "tell_clinic", { outcome: "busy" })],
      APPOINTMENT,
      "completed",
    );
    expect(states.remind).toMatchObject({ tone: "bad", detail: "no credit" });
    expect(states.tell_clinic).toMatchObject({ tone: "bad", word: "Busy" });
    expect([...taken.keys()]).toContain("remind:error:tell_clinic");
  });

  it("tells a call that rings from one that goes on", () => {
    const events = [event("waiting", "tell_clinic", { for: ["call/x"] })];
    const word = (ringing: Set<string>) => pictureOf(events, APPOINTMENT, "waiting", { ringing }).states.tell_clinic?.word;
    expect(word(new Set(["tell_clinic"]))).toBe("Ringing");
    expect(word(new Set())).toBe("In a call");
  });

  it("leaves by the outcome that came about, also where it takes the way of another", () => {
    const { states, taken } = pictureOf(
      [
        event("step_done", "confirm", { outcome: "refused", error: { message: "They opted out." } }),
        event("step_done", "day_before", { outcome: "reached" }),
        event("step_done", "remind", { outcome: "unknown", took: "sent" }),
        event("step_done", "answer", { outcome: "reply" }),
      ],
      APPOINTMENT,
      "running",
    );
    expect(states.confirm).toMatchObject({ tone: "bad", word: "Refused", detail: "They opted out." });
    expect(taken.get("confirm:next:day_before")).toBe("refused");
    expect(taken.get("day_before:reached:remind")).toBeNull();
    expect(taken.get("remind:sent:answer")).toBe("unknown");
  });

  it("does not take another way while its own has just begun", () => {
    const graph = { ...APPOINTMENT, edges: [...APPOINTMENT.edges, { id: "spare", source: "remind", target: "confirm", outcome: null, kind: "next" as const }] };
    const { taken } = pictureOf([event("step_done", "confirm"), event("step_done", "remind", { outcome: "failed" })], graph, "running");
    expect([...taken.keys()]).not.toContain("spare");
  });

  it("says of a text that did not arrive why, and whom it leaves waiting", () => {
    const lost = { step: "remind", to: "+14155550123", direction: "outbound", stage: "accepted", delivery_unknown: false, refusal_reason: null };
    const error = { code: 30003, message: "Unreachable destination handset", fix: "Try again later.", retryable: true };
    const unsent = unsentOf([{ ...lost, status: "undelivered", error }, { ...lost, status: "failed", error: null }]);
    const waits = event("waiting", "answer", { for: ["reply/sms/+14155550123"] });
    const { states } = pictureOf([...BEGUN, waits], APPOINTMENT, "waiting", { unsent });
    expect(states.remind).toEqual({ tone: "bad", word: "Undelivered", detail: "Unreachable destination handset" });
    expect(states.answer).toMatchObject({ tone: "bad", word: "Its text did not arrive", detail: "Still waits for a reply" });
    expect(states.confirm?.word).toBe("Sent");
    expect(unsentOf([{ ...lost, status: "delivered", error: null }, { ...lost, status: "failed", error }]).size).toBe(0);
  });

  it("marks the way back of a loop", () => {
    const { taken, states } = pictureOf([...BEGUN, event("jumped_back", "answer", { to: "remind", turn: 2 })], APPOINTMENT, "running");
    expect([...taken.keys()]).toContain("answer:timeout:remind");
    expect(states.remind?.tone).toBe("busy");
  });
});

function input(name: string, kind: string[] = ["string"], more: Partial<InputSpec> = {}): InputSpec {
  return { index: 0, type: "WorkflowParameter", name, kind, required: true, default: undefined, description: null, ...more };
}

describe("inputs", () => {
  it("are asked for by what they are", () => {
    expect(formOf(input("patientPhone"), APPOINTMENT)).toBe("phone");
    expect(formOf(input("name"), APPOINTMENT)).toBe("text");
    expect(formOf(input("count", ["integer"]), APPOINTMENT)).toBe("number");
    expect(formOf(input("urgent", ["boolean"]), APPOINTMENT)).toBe("yes_no");
    expect(formOf(input("at", ["timestamp"]), APPOINTMENT)).toBe("moment");
    expect(formOf(input("people", ["list_of_values"]), APPOINTMENT)).toBe("json");
  });

  it("begin with the last ones, else with the workflow's own", () => {
    const inputs = [input("a", ["string"], { required: false, default: "own" }), input("b")];
    expect(firstValues(inputs, { b: "last" })).toEqual({ a: "own", b: "last" });
  });

  it("are sent as they are meant, and asked for where they are missing", () => {
    const graph = { ...APPOINTMENT, inputs: [input("phone"), input("people", ["list_of_values"]), input("name")] };
    const { inputs, faults } = valuesToSend(graph, { phone: "+1 (415) 555-0123", people: '["a"]' });
    expect(inputs).toEqual({ phone: "+14155550123", people: ["a"] });
    expect(faults).toEqual({ name: "The workflow needs this." });
    expect(valuesToSend(graph, { phone: "1", people: "a, b", name: "x" }).faults.people).toMatch(/JSON/);
  });
});

describe("what is run from a workflow's page", () => {
  it("is the draft for who may edit, the published version for operators, and nothing for viewers", () => {
    const published = { published: 3, changed: true };
    expect(["viewer", "operator", "editor", "admin"].map((role) => runnable(published, role as "viewer"))).toEqual([null, "version", "draft", "draft"]);
    expect(runnable({ published: null, changed: false }, "operator")).toBeNull();
    expect(aboutRunning(published, "operator")).toBe("Version 3 runs, the one published last. What was changed since is not in it.");
    expect(aboutRunning(published, "viewer")).toMatch(/for operators/);
  });
});
