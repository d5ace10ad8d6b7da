import { describe, expect, it } from "vitest";

import { DEFAULT_KEYS, keysOf, levelOf, meaningOf, remapped, shownKey } from "./keymap";

const press = (key: string, code = "") => ({ key, code });

describe("what a key means", () => {
  it("is a score for a digit, on the number pad and where digits need Shift too", () => {
    expect(meaningOf(press("4", "Digit4"), DEFAULT_KEYS)).toEqual({ level: 4 });
    expect(meaningOf(press("4", "Numpad4"), DEFAULT_KEYS)).toEqual({ level: 4 });
    expect(meaningOf(press("'", "Digit4"), DEFAULT_KEYS)).toEqual({ level: 4 });
  });

  it("is the same in small and capital letters, and arrows always go back and on", () => {
    expect(meaningOf(press("S"), DEFAULT_KEYS)).toEqual({ action: "skip" });
    expect(meaningOf(press("ArrowLeft"), DEFAULT_KEYS)).toEqual({ action: "back" });
    expect(meaningOf(press("z"), DEFAULT_KEYS)).toBeNull();
  });

  it("gives 10 by 0 on a scale that ends there", () => {
    expect(levelOf(0, 1, 10)).toBe(10);
    expect(levelOf(0, 0, 10)).toBe(0);
    expect(levelOf(0, 1, 5)).toBeNull();
    expect(levelOf(5, 1, 5)).toBe(5);
  });
});

describe("changing a key", () => {
  it("takes one that is free", () => {
    const changed = remapped(DEFAULT_KEYS, "skip", press("Q"));
    expect(changed).toEqual({ keys: { ...DEFAULT_KEYS, skip: "q" } });
  });

  it("refuses one that is taken, a digit, and what the browser needs", () => {
    for (const key of ["b", "3", "Tab", "F5", "ArrowUp"]) expect(remapped(DEFAULT_KEYS, "skip", press(key))).toHaveProperty("refused");
  });

  it("reads what was stored and leaves out what cannot be used", () => {
    expect(keysOf({ skip: "q", back: "3", nothing: "w", undo: 7 })).toEqual({ ...DEFAULT_KEYS, skip: "q" });
    expect(keysOf("broken")).toEqual(DEFAULT_KEYS);
  });

  it("shows keys as they stand on keyboards", () => {
    expect(["Enter", "s", "?"].map(shownKey)).toEqual(["⏎", "S", "?"]);
  });
});
