import { describe, expect, it } from "vitest";
import { filled, isContentSid, readVariables, variablesOf } from "./template";

const READY = { text: "Hi {{1}}, table {{ table }} is ready. {{1}}!", variables: { table: "4", "1": "Ann", unused: "x" } };

describe("a content template", () => {
  it("asks for its variables in the order of its text", () => {
    expect(variablesOf(READY)).toEqual(["1", "table", "unused"]);
  });

  it("is shown with what is filled in so far", () => {
    expect(filled(READY.text, { "1": "Ben", table: " " })).toBe("Hi Ben, table {{ table }} is ready. Ben!");
  });

  it("is named by its SID where it cannot be looked up, with variables in lines", () => {
    expect(isContentSid(` HX${"0aF1".repeat(8)} `)).toBe(true);
    expect(isContentSid("HX1")).toBe(false);
    expect(readVariables("1: Ann\n\n time : at 9:30 ")).toEqual({ "1": "Ann", time: "at 9:30" });
    expect(readVariables("Ann")).toBeNull();
    expect(readVariables("")).toEqual({});
  });
});
