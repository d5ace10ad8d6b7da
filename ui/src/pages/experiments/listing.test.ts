import { expect, it } from "vitest";

import { listArguments } from "./listing";

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
