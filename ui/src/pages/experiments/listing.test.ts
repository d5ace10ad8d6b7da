import { expect, it } from "vitest";

import { demoScenarios, listArguments } from "./listing";

it("asks for the newest that are in use when the address says nothing", () => {
  expect(listArguments({})).toEqual({ where: { archived: false, state: null, search: null }, sort: "CREATED_AT", descending: true });
});

it("takes from the address what it knows, and nothing else", () => {
  expect(listArguments({ state: "judged", order: "name", archived: "yes", search: " a " })).toEqual({
    where: { archived: true, state: "judged", search: "a" },
    sort: "NAME",
    descending: false,
  });
  expect(listArguments({ state: "<script>", order: "random" }).where.state).toBeNull();
});

it("lets the demo take eight scenarios, or all of a catalog that has fewer", () => {
  expect([63, 8, 3, 1, 0, undefined].map(demoScenarios)).toEqual([8, 8, 3, 1, 8, 8]);
});
