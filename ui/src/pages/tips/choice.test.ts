import { describe, expect, it } from "vitest";

import { tipArguments } from "./choice";

const given = (address: string, typed = "") => tipArguments(new URLSearchParams(address), typed);

describe("the address of the tips", () => {
  it("begins with the worst and without a filter", () => {
    expect(given("")).toEqual({ where: {}, sort: "SCORE", descending: false });
    expect(given("order=nonsense")).toEqual(given(""));
  });

  it("splits a cell at the last slash", () => {
    expect(given("cell=org/model/terse").where).toEqual({ model: "org/model", prompt: "terse" });
  });

  it("asks for failures and words together", () => {
    expect(given("shown=failed&order=apart", " sleep ")).toEqual({ where: { failed: true, search: "sleep" }, sort: "DISAGREEMENT", descending: true });
  });
});
