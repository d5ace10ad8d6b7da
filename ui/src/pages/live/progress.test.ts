import { describe, expect, it } from "vitest";

import { isUnderWay, NOTHING, perMinute, secondsLeft, withStep, type Step } from "./progress";

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
  it("knows a pace and the time left only from two moments on", () => {
    expect(perMinute(all(step(1, { done: 5 })))).toBeNull();
    const found = all(step(0, { done: 0, expected: 30 }), step(60, { done: 10 }));
    expect([perMinute(found), secondsLeft(found)]).toEqual([10, 120]);
  });
  it("forgets how fast it was more than two minutes ago", () => {
    const found = all(step(0, { done: 0, expected: 100 }), step(200, { done: 50 }), step(260, { done: 60 }));
    expect(perMinute(found)).toBe(10);
  });
  it("has no time left where nothing moves", () => {
    expect(secondsLeft(all(step(0, { done: 5, expected: 9 }), step(30, { done: 5 })))).toBeNull();
  });
});

it("a run goes on until it has ended", () => expect(["queued", "running", "canceling", "success", "failure", "canceled"].map(isUnderWay)).toEqual([true, true, true, false, false, false]));
