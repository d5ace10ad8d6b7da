import { describe, expect, it } from "vitest";

import { auditFilter, changes } from "./audit";

describe("the filter of an address", () => {
  it("is nothing without a value", () => expect(auditFilter(new URLSearchParams("actor=&page=2"))).toBeNull());
  it("has what was typed, and an outcome as the log writes it", () =>
    expect(auditFilter(new URLSearchParams("actor= u1 &outcome=not found"))).toEqual({ actor: "u1", outcome: "NOT_FOUND" }));
  it("leaves done as it is", () => expect(auditFilter(new URLSearchParams("outcome=Done"))).toEqual({ outcome: "done" }));
});

it("details say what was before and after", () =>
  expect(changes({ id: 1, requestId: "r", inputHash: "h", before: { role: "USER" }, after: { role: "ADMIN" } })).toEqual([
    ["entry", "1"], ["request", "r"], ["arguments", "h"], ["role before", "USER"], ["role after", "ADMIN"],
  ]));
