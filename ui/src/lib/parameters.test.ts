import { describe, expect, it } from "vitest";

import { withParameter } from "./parameters";

describe("a parameter of an address", () => {
  it("is set, replaced and taken out, and the others stay", () => {
    const before = new URLSearchParams("a=1&b=2");
    expect(`${withParameter(before, "a", "3")}`).toBe("a=3&b=2");
    expect(`${withParameter(before, "c", "")}`).toBe("a=1&b=2&c=");
    expect(`${withParameter(before, "b", null)}`).toBe("a=1");
    expect(`${before}`).toBe("a=1&b=2");
  });
});
