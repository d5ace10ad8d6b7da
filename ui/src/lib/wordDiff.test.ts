import { describe, expect, it } from "vitest";

import { wordDiff } from "./wordDiff";

const text = (before: string, after: string) => wordDiff(before, after).map((part) => `${{ same: " ", removed: "-", added: "+" }[part.kind]}${part.text}`);

describe("a word diff", () => {
  it("keeps what is equal and names what is not", () => {
    expect(text("drink some water now", "drink more water today")).toEqual([" drink ", "-some ", "+more ", " water ", "-now", "+today"]);
  });

  it("gives both texts back", () => {
    const [before, after] = ["One  step\nat a time.", "Take one step\n\nat a time, then rest."];
    const parts = wordDiff(before, after);
    expect(parts.filter((part) => part.kind !== "removed").map((part) => part.text).join("")).toBe(after);
  });

  it("takes white space alone for no difference, and nothing for nothing", () => {
    expect(text("a  b", "a b")).toEqual([" a b"]);
    expect(wordDiff("", "")).toEqual([]);
    expect(text("", "new")).toEqual(["+new"]);
  });

  it("shows very long texts whole", () => {
    const long = "word ".repeat(2_000);
    expect(wordDiff(long, `${long}end`).map((part) => part.kind)).toEqual(["removed", "added"]);
    expect(wordDiff(long, long).map((part) => part.kind)).toEqual(["same"]);
  });
});
