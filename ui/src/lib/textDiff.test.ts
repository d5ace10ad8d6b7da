import { describe, expect, it } from "vitest";

import { folded, lineDiff, wordPieces, type Line } from "./textDiff";

const shown = (lines: Line[]) =>
  lines.map(({ kind, pieces }) => `${{ same: " ", removed: "-", added: "+" }[kind]}${pieces.map((each) => (each.changed ? `[${each.text}]` : each.text)).join("")}`);

describe("lines", () => {
  it("that stayed are no change", () => expect(shown(lineDiff("a\nb", "a\nb"))).toEqual([" a", " b"]));
  it("mark the words that differ", () =>
    expect(shown(lineDiff("one\nsay it now\ntwo", "one\nsay it later\ntwo"))).toEqual([" one", "-say it [now]", "+say it [later]", " two"]));
  it("that came or went are whole", () => expect(shown(lineDiff("a\nc", "a\nb\nc"))).toEqual([" a", "+[b]", " c"]));
  it("give either text back", () => {
    const [before, after] = ["x\ny\n\nz z\n", "y\nq\nz  z\nw"];
    const side = (kind: string) =>
      lineDiff(before, after).filter((line) => line.kind === "same" || line.kind === kind).map((line) => line.pieces.map((each) => each.text).join("")).join("\n");
    expect([side("removed"), side("added")]).toEqual([before, after]);
  });
  it("far from every change are folded, three beside it stay", () => {
    const text = (last: string) => [..."abcdefgh"].concat(last).join("\n");
    expect(folded(lineDiff(text("x"), text("y"))).map((part) => [part.isFolded, part.lines.length])).toEqual([[true, 5], [false, 5]]);
  });
  it("of texts too long to compare are replaced as a whole, at once", () => {
    const long = (word: string) => Array.from({ length: 3_000 }, (_, number) => `${word} ${number}`).join("\n");
    expect(lineDiff(long("a"), long("b")).filter((line) => line.kind === "same")).toEqual([]);
  });
});

it("words of any script are words", () => expect(wordPieces("שלום עולם", "שלום חבר")[1]).toEqual([{ text: "שלום ", changed: false }, { text: "חבר", changed: true }]));
