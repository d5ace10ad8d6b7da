import { describe, expect, it } from "vitest";

import { cellName, csv, extent, gateTexts, ordered, paretoFront, placed, rankText, type Row, reproducing, scoreTexts } from "./board";

const row = (model: string, more: Partial<Row> = {}): Row =>
  ({ model, prompt: "p", title: null, score: 3, low: 2, high: 4, rankLow: 1, rankHigh: 2, criteria: [], marks: [], coverage: 1, ...more }) as Row;
const models = (rows: Row[]) => rows.map((each) => each.model);

describe("rows", () => {
  const rows = [row("b", { score: 4, costPer1k: 2 }), row("c", { score: 3, costPer1k: null }), row("a", { score: null, costPer1k: 1 })];
  it("come as the server ranks them, and reversed", () => {
    expect([models(ordered(rows, "rank", false)), models(ordered(rows, "rank", true))]).toEqual([["b", "c", "a"], ["a", "c", "b"]]);
  });
  it("begin with the best of what is sorted by; what is not known stays last either way", () => {
    expect(models(ordered(rows, "score", false))).toEqual(["b", "c", "a"]);
    expect(models(ordered(rows, "score", true))).toEqual(["c", "b", "a"]);
    expect(models(ordered(rows, "cost", false))).toEqual(["a", "b", "c"]);
    expect(models(ordered(rows, "cell", false))).toEqual(["a", "b", "c"]);
  });
  it("have one dash for what has no number, and a gate that no scenario asks for says so", () => {
    expect(scoreTexts(3, 2, 4)).toEqual(["3.00", "2.00 to 4.00"]);
    expect(scoreTexts(3, null, null)).toEqual(["3.00", "–"]);
    expect(scoreTexts(null, null, null)).toEqual(["–", ""]);
    expect(gateTexts({ score: 0.9, low: 0.8, high: 1 }, 12)).toEqual(["90 % yes", "80 % to 100 % of 12 scenarios"]);
    expect(gateTexts({ score: 1, low: null, high: null }, 1)).toEqual(["100 % yes", "of 1 scenario"]);
    expect(gateTexts({ score: null }, 0)).toEqual(["–", "asked of no scenario"]);
    expect(gateTexts({ score: null }, 4)).toEqual(["–", ""]);
  });
  it("have names and ranks in words", () => {
    expect([cellName(row("m")), cellName(row("m", { title: "Mine" }))]).toEqual(["m / p", "Mine"]);
    expect([rankText(row("m")), rankText(row("m", { rankHigh: 1 })), rankText(row("m", { rankLow: null }))]).toEqual(["1–2", "1", "–"]);
  });
});

describe("bars", () => {
  it("share a scale that holds every end", () => {
    expect(extent([[1, 3], [null, 5], [2, undefined]])).toEqual([1, 5]);
    expect(extent([[null, null]])).toBeNull();
    expect(extent([[2, 2]])).toEqual([1.5, 2.5]);
    expect(placed(3, [1, 5])).toBe(50);
  });
});

describe("the Pareto front", () => {
  it("holds what no cheaper cell reaches, and leaves out what lacks a number", () => {
    const cells = [
      { name: "cheap", price: 1, score: 2 },
      { name: "worse", price: 2, score: 1 },
      { name: "dear", price: 3, score: 4 },
      { name: "same price", price: 3, score: 3 },
      { name: "unknown", price: null, score: 9 },
    ];
    expect(paretoFront(cells, (c) => c.price, (c) => c.score).map((c) => c.name)).toEqual(["cheap", "dear"]);
  });
});

describe("CSV", () => {
  it("quotes, leaves unknown empty and makes formulas inert", () => {
    const [head, line] = csv([row('=cmd|"x"', { score: null, title: "a,b", marks: ["too_few", "crowded"], criteria: [{ name: "clear", score: 1.23456, low: null, high: 2 }] })]).split("\r\n");
    expect(head?.endsWith("marks,clear,clear low,clear high")).toBe(true);
    expect(line?.startsWith(`"'=cmd|""x""",p,"a,b",,,,,2,4,`)).toBe(true);
    expect(line?.endsWith("too_few crowded,1.23456,,2")).toBe(true);
  });
});

it("a link has the snapshot that it shows, unless one was chosen or nothing is published", () => {
  const address = "http://127.0.0.1:3000/experiments/tip-bench-x/leaderboard?sort=cost";
  expect(reproducing(address, "0123456789abcdef")).toBe(`${address}&at=0123456789abcdef`);
  expect(reproducing(`${address}&at=fedcba9876543210`, "0123456789abcdef")).toBe(`${address}&at=fedcba9876543210`);
  expect(reproducing(address, null)).toBe(address);
});
