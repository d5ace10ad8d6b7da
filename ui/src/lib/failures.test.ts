import { describe, expect, it } from "vitest";

import { failureOf, fieldOf } from "./failures";

const failure = { code: "INVALID_INPUT", message: "n_tips is 0: use 1 or more", path: ["input", "n_tips"] };

describe("a failure", () => {
  it("is told from a success", () => {
    expect(failureOf({ __typename: "InvalidInput", ...failure })?.code).toBe("INVALID_INPUT");
    expect(failureOf({ __typename: "Launch", runId: "1" })).toBeNull();
    expect(failureOf(undefined)).toBeNull();
  });
  it("belongs to the field of its path, however the path writes it", () => {
    const fields = ["models", "nTips"] as const;
    expect(fieldOf(failure, fields)).toBe("nTips");
    expect(fieldOf({ ...failure, path: ["nTips"] }, fields)).toBe("nTips");
    expect(fieldOf({ ...failure, path: ["elsewhere"] }, fields)).toBeNull();
  });
});
