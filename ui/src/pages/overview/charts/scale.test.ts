import { describe, expect, it } from "vitest";
import { namesEvery, ticks } from "./scale";

describe("the marks of a chart's axis", () => {
  it.each([
    [7, true, [0, 2, 4, 6, 8]],
    [1, true, [0, 1]],
    [3, true, [0, 1, 2, 3]],
    [1, false, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [0.0498, false, [0, 0.01, 0.02, 0.03, 0.04, 0.05]],
    [1_000_000, true, [0, 200_000, 400_000, 600_000, 800_000, 1_000_000]],
    [22, true, [0, 5, 10, 15, 20, 25]],
    [0, true, [0, 1]],
  ])("are round and reach %d", (most, whole, marks) => {
    const found = ticks(most, whole);
    expect(found).toHaveLength(marks.length);
    found.forEach((mark, place) => expect(mark).toBeCloseTo(marks[place] ?? Number.NaN, 9));
  });

  it("leave out the names that would overlap", () => {
    expect(namesEvery(60, 42)).toBe(1);
    expect(namesEvery(14, 42)).toBe(3);
  });
});
