import { describe, expect, it } from "vitest";

import { apart, decidedBy, fieldsOf, forWhom, kindOf, KINDS, measured, points, rate, readShare, simulatedLine, sourceOf, STARTS, trialLine } from "./policies";

describe("policies", () => {
  it("begin as a text of each kind that names it", () => expect(KINDS.map((kind) => kindOf(STARTS[kind]))).toEqual([...KINDS]));
  it("of another kind, or none, are none that is known", () => expect([kindOf("kind = 'best'"), kindOf("floor = 1")]).toEqual([null, null]));
  it("show their fields without their kind, tables too", () =>
    expect(fieldsOf('{"kind":"linucb","floor":0.1,"columns":{"area":["work","sleep"],"hour_band":["night"]}}')).toEqual([
      { name: "floor", value: "0.1" },
      { name: "columns", value: "area: work, sleep; hour_band: night" },
    ]));
  it("were decided by an admin, by the settings, or by who was erased", () =>
    expect([decidedBy({ kind: "STOPPED", by: "a1" }), decidedBy({ kind: "FIRST", by: "" }), decidedBy({ kind: "PROMOTED", by: "" })]).toEqual([
      "a1",
      "tipbench.toml",
      "an admin who was erased",
    ]));
});

describe("rates", () => {
  it("are percents, and a dash where they are not known", () => expect([rate(0.034, "en"), rate(0, "en"), rate(null)]).toEqual(["3.4 %", "0.0 %", "–"]));
  it("differ by points with a sign", () => expect([points(0.012, "en"), points(-0.012, "en"), points(undefined)]).toEqual(["+1.2", "−1.2", "–"]));
});

describe("guardrails", () => {
  it("have each its unit", () => expect([measured(0.034, "SHARE", "en"), measured(8.26, "MILLISECONDS", "en"), measured(null, "SHARE")]).toEqual(["3.4 %", "8.3 ms", "–"]));
  it("differ by points or by milliseconds, with signs", () =>
    expect([apart(-0.012, 0.03, "SHARE", "en"), apart(-2, 3, "MILLISECONDS", "en"), apart(null, null, "SHARE")]).toEqual([
      "−1.2 to +3.0 points",
      "−2.0 to +3.0 ms",
      "not estimable",
    ]));
});

describe("simulated users", () => {
  it("are said to be none where all are people", () => expect(simulatedLine(0, 9)).toBe(""));
  it("are counted beside people", () => expect(simulatedLine(3, 1200)).toMatch(/^3 of 1.200 users are SIMULATED/));
  it("may be all there are", () => expect([simulatedLine(2, 2), simulatedLine(1, 1)].map((line) => line.slice(0, 12))).toEqual(["All 2 users ", "The one user"]));
});

describe("the source of a text", () => {
  it("is said in words, one that is new as it is, and none of old decisions", () =>
    expect([sourceOf("ahead"), sourceOf("other"), sourceOf(null)]).toEqual(["written ahead for its user", "other", ""]));
});

describe("the share of a trial", () => {
  it("is typed in percent, with a point or a comma", () => expect([readShare("12.5"), readShare(" 12,5 "), readShare("100")]).toEqual([{ value: 0.125 }, { value: 0.125 }, { value: 1 }]));
  it("is refused where nobody or more than all would be in it", () =>
    expect(["", "0", "100.1", "half", "-5"].map((typed) => "problem" in readShare(typed))).toEqual([true, true, true, true, true]));
  it("is all users, or a part of them", () => expect([forWhom(1), forWhom(0.125, "en")]).toEqual(["all users", "a trial on 12.5 % of users"]));
});

describe("a trial", () => {
  it("says first that nothing is compared", () => expect(trialLine("users were not dealt as planned", ["WORSE"], 9)).toBe("Nothing is compared: users were not dealt as planned."));
  it("has nobody for a day", () => expect(trialLine(null, ["UNDECIDED"], 0)).toMatch(/^Nobody counts yet/));
  it("is to be rolled back where a rate is worse", () => expect(trialLine(null, ["BETTER", "WORSE"], 9)).toMatch(/roll it back/));
  it("goes on otherwise", () => expect(trialLine(null, ["BETTER", "UNDECIDED"], 9)).toMatch(/^Nothing is surely worse/));
});
