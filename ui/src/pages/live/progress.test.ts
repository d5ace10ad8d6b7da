import { describe, expect, it } from "vitest";

import { isUnderWay, NOTHING, paces, perMinute, reasonOf, secondsLeft, silent, withStep, type Step } from "./progress";

const step = (second: number, more: Partial<Step>): Step => ({
  cursor: String(second),
  at: new Date(second * 1000).toISOString(),
  kind: "progress",
  message: "",
  status: "running",
  ...more,
});
const all = (...steps: Step[]) => steps.reduce(withStep, NOTHING);

describe("progress", () => {
  it("keeps the last value that was said of each number", () => {
    const found = all(step(1, { done: 5, expected: 10, failed: 0 }), step(2, { done: 6 }), step(3, { kind: "message", message: "hello" }));
    expect([found.done, found.expected, found.failed, found.cost]).toEqual([6, 10, 0, null]);
    expect(found.said[0]?.message).toBe("hello");
  });
  it("takes a step that comes again after a broken connection once", () => {
    const once = all(step(1, { done: 5, expected: 10 }));
    expect(withStep(once, step(1, { done: 5, expected: 10 }))).toBe(once);
  });
  it("says how far it was by its newest word alone", () => {
    const found = all(step(1, { message: "1 of 9" }), step(2, { kind: "message", message: "slow" }), step(3, { message: "2 of 9" }));
    expect(found.said.map((each) => each.message)).toEqual(["2 of 9", "slow"]);
  });
  it("knows since when its worker runs", () => {
    const found = all(step(1, { kind: "started", status: "starting" }), step(9, { kind: "started" }), step(12, {}));
    expect(found.startedAt).toBe(new Date(9000).toISOString());
  });
});

const MODELS = ["template", "slow", "slow"];
/** Two cells of one model of 10 each beside one that is done at once. */
const cells = (one: number, other: number) => [
  { done: 10, failed: 0, expected: 10 },
  { done: one, failed: 0, expected: 10 },
  { done: other, failed: 1, expected: 10 },
];

describe("pace", () => {
  it("is that of the models that go on, from the first answer of each: to be loaded takes long once", () => {
    const found = all(step(0, { cells: cells(0, 0) }), step(60, { cells: cells(1, 0) }), step(70, { cells: cells(3, 0) }), step(80, { cells: cells(3, 2) }));
    expect(paces(found, MODELS)).toEqual([{ model: "slow", left: 15, rate: 0.2 }]);
    expect([perMinute(paces(found, MODELS)), secondsLeft(paces(found, MODELS))]).toEqual([12, 75]);
  });
  it("is unknown until two answers came at different moments", () => {
    for (const steps of [[], [step(0, { cells: cells(0, 0) })], [step(0, { cells: cells(0, 0) }), step(9, { cells: cells(1, 0) })]]) {
      const found = paces(all(...steps), MODELS);
      expect([perMinute(found), secondsLeft(found)]).toEqual([null, null]);
    }
  });
  it("forgets how fast it was more than two minutes ago", () => {
    const found = all(step(0, { cells: cells(1, 0) }), step(10, { cells: cells(9, 0) }), step(300, { cells: cells(9, 1) }), step(360, { cells: cells(9, 2) }));
    expect(perMinute(paces(found, MODELS))).toBe(1);
  });
  it("is of nobody once all is done", () => {
    const found = paces(all(step(0, { cells: cells(9, 9) }), step(10, { cells: cells(10, 10) })), MODELS);
    expect([found, perMinute(found), secondsLeft(found)]).toEqual([[], null, null]);
  });
});

it("models without any answer are named once", () => {
  expect(silent(cells(0, 0), MODELS)).toEqual(["slow"]);
  expect(silent(cells(0, 1), MODELS)).toEqual([]);
  expect(silent([], MODELS)).toEqual([]);
});

it("a run goes on until it has ended", () => expect(["queued", "running", "canceling", "success", "failure", "canceled"].map(isUnderWay)).toEqual([true, true, true, false, false, false]));

describe("why a run did not get through", () => {
  const said = (second: number, kind: string, message: string) => step(second, { kind, message });
  it("is what a failed step said", () => {
    expect(reasonOf(all(said(1, "step", "candidates failed: set OPENAI_API_KEY"), said(2, "ended", "failed")))).toBe("set OPENAI_API_KEY");
  });
  it("is what the check said that stopped it, and not what another one warned of", () => {
    const found = all(
      said(1, "check", "failures does not hold: a/x: 3 of 9"),
      said(2, "check", "complete does not hold: 12 of 12 have no final outcome; one of them: 503: overloaded"),
      said(3, "step", "candidates_complete failed: what needs it is not begun"),
      said(4, "check", "unique holds"),
      said(5, "ended", "failed"),
    );
    expect(reasonOf(found)).toBe("12 of 12 have no final outcome; one of them: 503: overloaded");
  });
  it("is not known of a run that says none", () => expect(reasonOf(all(said(1, "ended", "canceled")))).toBeNull());
});
