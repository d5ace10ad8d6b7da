import { describe, expect, it } from "vitest";

import type { Row } from "./board";
import { changes } from "./changes";

const row = (model: string, score: number | null, rankLow = 1, rankHigh = 2) => ({ model, prompt: "p", score, rankLow, rankHigh }) as unknown as Row;

describe("what changed since an earlier leaderboard", () => {
  it("leaves out what is as it was", () => {
    expect(changes([row("a", 3), row("b", 2)], [row("a", 3), row("b", 2)])).toEqual([]);
  });

  it("has the largest change first, and ranks as text", () => {
    const found = changes([row("a", 3), row("b", 2)], [row("a", 3.1), row("b", 4, 1, 1)]);
    expect(found.map((each) => each.cell)).toEqual(["b / p", "a / p"]);
    const interval = { low: null, high: null };
    expect(found[0]).toEqual({ cell: "b / p", before: { rank: "1–2", score: 2, ...interval }, now: { rank: "1", score: 4, ...interval }, by: 2 });
  });

  it("has the intervals of then and now, under the name that the leaderboard has", () => {
    const then = { ...row("a", 3), title: "our best", low: 2.5, high: 3.5 };
    const [found] = changes([then], [{ ...then, score: 4, low: 3.8, high: 4.2 }]);
    expect([found?.cell, found?.before.low, found?.now.high]).toEqual(["our best", 2.5, 4.2]);
  });

  it("names cells that are new or scored for the first time", () => {
    const found = changes([row("a", null)], [row("a", 3), row("new", 2)]);
    expect(found.map((each) => [each.cell, each.by])).toEqual([
      ["a / p", null],
      ["new / p", null],
    ]);
  });
});
