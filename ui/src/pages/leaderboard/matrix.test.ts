import { describe, expect, it } from "vitest";

import { matrix } from "./matrix";

const rows = ["a", "b", "c"].map((model) => ({ model, prompt: "p" }));

describe("who beats whom", () => {
  it("has each meeting from both sides", () => {
    const pairs = [{ cell: "b/p", other: "a/p", diff: -1, low: -1.5, high: -0.5, pHolm: 0.01, separated: true }];
    const [first, second, third] = matrix(rows, pairs);
    expect(first?.[1]).toEqual({ verdict: "better", diff: 1, low: 0.5, high: 1.5, p: 0.01 });
    expect(second?.[0]).toEqual({ verdict: "worse", diff: -1, low: -1.5, high: -0.5, p: 0.01 });
    expect(first?.[0]).toBeNull();
    expect(third).toEqual([null, null, null]);
  });

  it("says nothing of a pair that is not told apart, whatever the difference", () => {
    const [first] = matrix(rows, [{ cell: "a/p", other: "b/p", diff: 3, low: null, high: null, pHolm: null, separated: false }]);
    expect(first?.[1]).toEqual({ verdict: "open", diff: 3, low: null, high: null, p: null });
  });
});
