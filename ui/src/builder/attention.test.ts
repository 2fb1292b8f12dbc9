import { describe, expect, it } from "vitest";
import { faultWords, judged } from "./attention";
import { APPOINTMENT } from "./canvas/appointment.fixture";
import type { Fault } from "./types";

const STEP = APPOINTMENT.steps[0]!;
const MISSING: Fault = {
  severity: "error",
  message: "The step needs `media`, which is missing.",
  fix: "Add `media:`.",
  step: STEP.id,
  field: "media",
  line: 1,
  column: 1,
  code: "WorkflowSyntaxError",
};

describe("what is missing", () => {
  it("is to be filled in until somebody was in the field, or wants it to run", () => {
    const untouched = judged([MISSING], APPOINTMENT, { left: new Set(), asked: false });
    expect(faultWords(untouched)).toEqual({ tone: "busy", words: "1 to fill in" });
    const left = judged([MISSING], APPOINTMENT, { left: new Set([`${STEP.id}\nmedia`]), asked: false });
    expect(faultWords(left)).toEqual({ tone: "bad", words: "1 fault" });
    expect(judged([MISSING], APPOINTMENT, { left: new Set(), asked: true })).toEqual([MISSING]);
  });

  it("is a fault at once where something is there", () => {
    const wrong = { ...MISSING, field: "type" };
    expect(judged([wrong], APPOINTMENT, { left: new Set(), asked: false })).toEqual([wrong]);
  });
});
