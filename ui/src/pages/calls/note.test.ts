import { expect, it } from "vitest";
import { noteWords } from "./note";

it("says what the log notes as people say it", () => {
  const told = ["voice conversation begins (outbound)", "answered by: human", "the call is over: no-answer", "ended: partial"];
  expect(told.map(noteWords)).toEqual([
    "We called",
    "Answered by a person",
    "The call is over: no answer",
    "The interview ended before its last question",
  ]);
});
