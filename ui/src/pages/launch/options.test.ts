import { describe, expect, it } from "vitest";

import { EMPTY, FIELDS } from "./draft";
import { inWords, LABELS, optionName, rareSet } from "./options";

describe("a sentence of the server", () => {
  it("names fields by their labels", () => {
    expect(inWords("n_scenarios is 8 and the catalog holds 6: ask for fewer")).toBe("Scenarios is 8 and the catalog holds 6: ask for fewer");
    expect(inWords("seed is -1: use a number from 0 to 9")).toBe("Seed is -1: use a number from 0 to 9");
    expect(inWords("max_cost: the price of gpt is not known: give price_in")).toBe("Ceiling, USD: the price of gpt is not known: give price_in");
    expect(inWords("tip-bench-a is pinned with n_tips=2, and n_tips=1 differs: leave n_tips out")).toBe(
      "tip-bench-a is pinned with Tips each=2, and Tips each=1 differs: leave Tips each out",
    );
  });
  it("is left as it is where it names none", () => {
    const said = "tip-bench-a is pinned with prompts=coach, and seed was 1: the seed of it";
    expect(inWords(said)).toBe(said);
    expect(inWords("constructor is no model")).toBe("constructor is no model");
  });
});

it("options have the names of the command line", () => {
  expect(FIELDS.map(optionName).filter((name) => name.includes("_"))).toEqual(["n_tips", "n_scenarios", "max_model_b", "max_cost", "max_judge_cost", "accept_failures", "retry_failed"]);
  expect(new Set(Object.values(LABELS)).size).toBe(FIELDS.length);
});

it("options that are folded away are counted where they hold something", () => {
  expect([EMPTY, { ...EMPTY, nTips: "2" }, { ...EMPTY, seed: "0", retryFailed: true }].map(rareSet)).toEqual([0, 0, 2]);
});
