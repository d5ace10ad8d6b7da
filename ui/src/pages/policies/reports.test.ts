import { describe, expect, it } from "vitest";

import { byScore, compared, predictionLine, rankLine, type CellReport, type Prediction } from "./reports";

const cell = (name: string, given: Partial<CellReport>): CellReport => ({
  __typename: "CellReport",
  cell: name,
  score: null,
  scoreLow: null,
  scoreHigh: null,
  unscored: null,
  nEligible: 0,
  nDrawn: 0,
  nShown: 0,
  nActed: 0,
  shownShare: null,
  reward: null,
  rewardLow: null,
  rewardHigh: null,
  refused: null,
  estimates: [],
  ...given,
});

const found = (given: Partial<Prediction>): Prediction => ({
  __typename: "BenchmarkPrediction",
  nCells: 9,
  rankCorrelation: null,
  rankLow: null,
  rankHigh: null,
  slope: null,
  slopeLow: null,
  slopeHigh: null,
  reliability: null,
  verdict: "UNKNOWN",
  refused: null,
  ...given,
});

describe("cells of a report", () => {
  it("are drawn where they have both a score and a reward; an end that is not known is the value", () =>
    expect(compared([cell("a", { score: 3, reward: 0.2, rewardLow: 0.1, rewardHigh: 0.3 }), cell("b", { score: 3 }), cell("c", { reward: 0 }), cell("d", { score: 2, scoreLow: 1, scoreHigh: 4, reward: 0, refused: "few" })])).toEqual([
      { cell: "a", score: 3, scoreLow: 3, scoreHigh: 3, reward: 0.2, rewardLow: 0.1, rewardHigh: 0.3, isRefused: false },
      { cell: "d", score: 2, scoreLow: 1, scoreHigh: 4, reward: 0, rewardLow: 0, rewardHigh: 0, isRefused: true },
    ]));
  it("stand by score, those without one last, by name", () =>
    expect(byScore([cell("z", {}), cell("b", { score: 1 }), cell("a", { score: 4 }), cell("c", {})]).map((each) => each.cell)).toEqual(["a", "b", "c", "z"]));
});

describe("what a report says of the benchmark", () => {
  it("is the slope with its interval in points of percent, and what it means", () =>
    expect(predictionLine(found({ slope: 0.1, slopeLow: 0.02, slopeHigh: 0.18, verdict: "AGREES" }), "en")).toBe(
      "This benchmark predicts reactions with slope +10.0 (+2.0 to +18.0), in points of percent acted on for each point of score: cells with higher scores earn more.",
    ));
  it("may be that it is wrong, or that nobody knows", () => {
    const slope = { slope: -0.1, slopeLow: -0.2, slopeHigh: -0.01 };
    expect(predictionLine(found({ ...slope, verdict: "DISAGREES" }), "en")).toMatch(/slope −10.0 \(−20.0 to −1.0\).*earn less\.$/);
    expect(predictionLine(found({ ...slope, verdict: "UNKNOWN" }), "en")).toMatch(/either may be\.$/);
  });
  it("is what is missing where it is not estimable", () => expect(predictionLine(found({ refused: "not estimable: 3 cells of at least 8" }))).toBe("Not estimable: 3 cells of at least 8."));
  it("has a rank correlation where one is known, without an interval where there is none", () =>
    expect([rankLine(found({}), "en"), rankLine(found({ rankCorrelation: 0.5 }), "en"), rankLine(found({ rankCorrelation: 0.5, rankLow: 0.1, rankHigh: 0.9 }), "en")]).toEqual([
      "",
      "Rank correlation +0.50 over 9 cells.",
      "Rank correlation +0.50 (0.10 to 0.90) over 9 cells.",
    ]));
});
