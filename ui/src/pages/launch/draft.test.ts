import { describe, expect, it } from "vitest";

import { checked, EMPTY, isBlank, judgesIn, NAME, nextName, toSend, validName, withJudge } from "./draft";

const named = { ...EMPTY, experiment: "tip-bench-a" };

describe("a draft", () => {
  it("leaves out what is empty, so that defaults decide", () => {
    expect(checked(named)).toEqual({ input: { experiment: "tip-bench-a", acceptFailures: false, retryFailed: false }, errors: {} });
  });
  it("sends every option that is filled in", () => {
    const full = {
      ...named, models: ["m"], prompts: ["p"], judges: "anna, bert=agent", nTips: "2", nScenarios: "12", temperature: "0,7", maxModelB: "3",
      seed: "1", maxCost: "1.50", maxJudgeCost: "0.5", anchors: "0.2", rubric: "tips@2", baseline: "m/p", failures: "worst", extends: "tip-bench-b",
      anyway: true, acceptFailures: true, retryFailed: true,
    };
    expect(checked(full).input).toEqual({
      experiment: "tip-bench-a", models: ["m"], prompts: ["p"], judges: ["anna", "bert=agent"], nTips: 2, nScenarios: 12, temperature: 0.7,
      maxModelB: 3, seed: 1, maxCost: 1.5, maxJudgeCost: 0.5, anchors: 0.2, rubric: "tips@2", baseline: "m/p", failures: "worst", extends: "tip-bench-b",
      anyway: true, acceptFailures: true, retryFailed: true,
    });
  });
  it("has a sentence for each value that cannot be sent, and does not send it", () => {
    const { input, errors } = checked({ ...EMPTY, experiment: "mine", nTips: "1.5", temperature: "hot" });
    expect(Object.keys(errors)).toEqual(["experiment", "nTips", "temperature"]);
    expect(input.nTips).toBeUndefined();
  });
});

describe("names", () => {
  it("count on, past those that are taken", () => {
    expect(nextName("tip-bench-a", [])).toBe("tip-bench-a-2");
    expect(nextName("tip-bench-a-2", ["tip-bench-a-2"])).toBe("tip-bench-a-3");
  });
  it("are offered for what is none", () => {
    const typed = ["my first", "tip-bench", "Tipbench Ünder_score ", "", "x".repeat(90)];
    expect(typed.slice(0, 4).map(validName)).toEqual(["tip-bench-my-first", "tip-bench-spring", "tip-bench-nder-score", "tip-bench-spring"]);
    expect(typed.every((each) => NAME.test(validName(each)))).toBe(true);
  });
  it("stay within 73 characters", () => expect(nextName(`tip-bench-${"x".repeat(63)}`, []).length).toBe(73));
});

it("a judge is added once", () => {
  expect(withJudge("", "me")).toBe("me");
  expect(withJudge(withJudge("anna,", "heuristics=program"), "anna")).toBe("anna, heuristics=program");
});

it("judges are parted by commas and blanks", () => expect(judgesIn(" anna, bert=agent;c ")).toEqual(["anna", "bert=agent", "c"]));

describe("a launch whose answer was lost", () => {
  it("is sent again under its key, and another one under another", () => {
    const first = toSend(null, "a", () => "k1");
    expect(toSend(first, "a", () => "k2")).toBe(first);
    expect(toSend(first, "b", () => "k2")).toEqual({ input: "b", key: "k2" });
  });
});

describe("a blank draft", () => {
  it("has nothing typed and nothing chosen", () => {
    expect([isBlank(EMPTY), isBlank({ ...EMPTY, seed: "1" }), isBlank({ ...EMPTY, models: ["m"] })]).toEqual([true, false, false]);
  });
});
