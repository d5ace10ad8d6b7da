import { describe, expect, it } from "vitest";

import { brokenText, checked, EMPTY, gainText, headOf, inUse, isFor, restsOn, whyOf, type Found } from "./choice";

const FOUND: Found = {
  __typename: "CellChoice",
  decision: "TIE",
  cell: "south/p",
  equalTo: ["north/p"],
  champion: null,
  reason: "south/p and north/p are equal within 0.2",
  margin: 0.2,
  score: 4.2,
  low: 4.1,
  high: 4.3,
  bestOf: 3,
  scenariosNeeded: null,
  judgeNoise: null,
  judgeKind: "human",
  judges: ["anna"],
  scenarios: 45,
  look: { __typename: "Look", number: 1, of: 1, maxScenarios: 45, unplanned: false },
  failed: [],
  aside: [],
};

describe("what is typed", () => {
  it("is sent as numbers, with floors of this rubric alone", () => {
    const draft = { ...EMPTY, margin: "0,3", maxCostPer1k: "1.5", floors: { clear: "3", older: "4" }, looks: "2", maxScenarios: "90" };
    expect(checked(draft, ["clear", "fitting"], "north/p", "anna")).toEqual({
      options: { margin: 0.3, maxCostPer1k: 1.5, floors: [{ criterion: "clear", value: 3 }], looks: 2, maxScenarios: 90, champion: "north/p", judges: "anna" },
      errors: {},
    });
  });
  it("is left out where nothing was typed", () => expect(checked(EMPTY, ["clear"], null, null).options).toEqual({ margin: 0.2 }));
  it("is named where it is no number, by its field", () => {
    const draft = { ...EMPTY, margin: "0", maxP95Ms: "-1", looks: "1.5", floors: { clear: "much" } };
    expect(Object.keys(checked(draft, ["clear"], null, null).errors)).toEqual(["margin", "maxP95Ms", "looks", "floor clear"]);
  });
});

describe("a decision", () => {
  it("is said in words", () =>
    expect([headOf("SHIP", "a/b"), headOf("TIE", "a/b"), headOf("KEEP", "a/b"), headOf("NO", null), headOf("NOT_ENOUGH", null)]).toEqual([
      "Ship a/b",
      "Ship a/b",
      "Keep a/b",
      "No",
      "Not enough data yet",
    ]));
  it("has its reason as a sentence, with names as they are written", () =>
    expect([whyOf(FOUND), whyOf({ decision: "NOT_ENOUGH", reason: "no cell has a score yet" }), whyOf({ decision: "NO", reason: "a/b breaks max_p95_ms" })]).toEqual([
      "south/p and north/p are equal within 0.2.",
      "No cell has a score yet.",
      "Every cell breaks a limit for certain.",
    ]));
  it("names a cell to hand over, or none", () => expect((["SHIP", "TIE", "KEEP", "NO", "NOT_ENOUGH"] as const).map((decision) => isFor({ decision }))).toEqual([true, true, true, false, false]));
  it("lists what is known of what it rests on", () => {
    expect(restsOn(FOUND).map(({ name }) => name)).toEqual(["Judged by", "Scenarios compared", "Score", "Chosen among"]);
    const looked = { ...FOUND, judgeKind: null, score: null, judgeNoise: 0.31, scenariosNeeded: 40, look: { ...FOUND.look, number: 3, of: 2, unplanned: true } };
    expect(restsOn(looked).map(({ name, text }) => `${name}: ${text}`)).toEqual([
      "Judged by: nobody yet",
      "Scenarios compared: 45 scenarios",
      "Chosen among: 3 cells; the best one's score may be too high by chance",
      "Look: 3 of 2, the last at 45 scenarios",
      "The judge alone differs by: 0.31",
      "Scenarios needed: about 40 more",
    ]);
  });
});

describe("limits and gains", () => {
  it("have their units", () =>
    expect([brokenText("max_cost_per_1k", 2), brokenText("max_p95_ms", 1400), brokenText("floor clear", 2.5), brokenText("max_p95_ms", null)]).toEqual([
      "cost of 1,000 tips: $2.00",
      "95th percentile of the latency: 1.4 s",
      "floor of clear: 2.50",
      "95th percentile of the latency: not known",
    ]));
  it("are empty where nothing is known", () => expect([gainText(0.25), gainText(null)]).toEqual(["+0.25 in score", ""]));
});

describe("the cell in use", () => {
  const onRecord = { __typename: "ExperimentChoices", choices: [], ships: [] } as const;
  const champion = { __typename: "Champion", experiment: "tip-bench-a", cell: "m/p", here: null } as const;
  it("is nothing at first", () => expect(inUse({ ...onRecord, choices: [], ships: [], champion: null }, "tip-bench-a")).toBe("Nothing is shipped yet."));
  it("may be of another experiment, and under another name here", () => {
    const said = (found: { experiment: string; here: string | null }) => inUse({ ...onRecord, choices: [], ships: [], champion: { ...champion, ...found } }, "tip-bench-a");
    expect(said({ experiment: "tip-bench-a", here: "m/p" })).toBe("m/p is in use.");
    expect(said({ experiment: "tip-bench-b", here: "m2/p" })).toBe("m2/p is in use, shipped as m/p of tip-bench-b.");
    expect(said({ experiment: "tip-bench-b", here: null })).toBe("m/p of tip-bench-b is in use; no cell here has its model and prompt.");
  });
});
