import { describe, expect, it } from "vitest";
import { keyMeanings } from "./keys";
import type { Hearing, Question } from "./shapes";

const QUESTION: Question = {
  kind: "gather", keys: true, speech: true, digits: 1, finish_on: "#", timeout: 5, hints: [], language: "en-US",
};

function asked(type: string, answers: { text: string; keys: string | null }[], navigation: Record<string, string> = {}): Hearing {
  return { session: "s", heard: [], open: { question: "q", text: "?", type, answers, odd: "", is_confirming: false, navigation } };
}

describe("what keys mean", () => {
  it("is told by the choices of a question, and what leads elsewhere", () => {
    const answers = [{ text: "Morning", keys: "1" }, { text: "Evening", keys: "2" }, { text: "maybe", keys: null }];
    expect(keyMeanings(QUESTION, asked("multiple_choice", answers, { "*": "repeat", "2": "operator" }), [])).toEqual([
      { keys: "1", means: "Morning" },
      { keys: "2", means: "Evening" },
      { keys: "*", means: "Hear it again" },
    ]);
  });

  it("is not told by examples of figures", () => {
    expect(keyMeanings(QUESTION, asked("number", [{ text: "seven", keys: "7" }]), [])).toEqual([]);
  });

  it("is told by the menu of an announcement, and of nobody else's application", () => {
    const menu = [{ text: "another_time", keys: "1" }];
    expect(keyMeanings(QUESTION, null, menu)).toEqual([{ keys: "1", means: "Another time" }]);
    expect(keyMeanings(QUESTION, null, [])).toEqual([]);
    expect(keyMeanings({ ...QUESTION, keys: false }, null, menu)).toEqual([]);
    expect(keyMeanings(null, null, menu)).toEqual([]);
  });
});
