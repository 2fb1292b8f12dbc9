import { expect, test } from "vitest";
import { knownWords } from "./Known";

const SID = "SM0123456789abcdef0123456789abcdef";

test.each([
  ["reply", `${SID}: Please stop`, "They wrote it: “Please stop”"],
  ["reply", null, "They wrote it"],
  ["twilio", `Twilio refused message msg_01 with error 21610`, "Twilio says so: error 21610"],
  ["interview", "ses_01: asked not to be contacted any more", "They said it in an interview"],
  ["front_desk", null, "Front desk"],
])("what is known by %s from %s", (source, evidence, words) => {
  expect(knownWords({ source, evidence })).toBe(words);
});
