import { beforeEach, expect, test } from "vitest";

import { store, stored, typesOn } from "./entry";

beforeEach(() => {
  const entry: { state: unknown } = { state: null };
  globalThis.history = {
    get state() {
      return entry.state;
    },
    replaceState: (state: unknown) => (entry.state = state),
  } as unknown as History;
});

test("what an entry holds is found by its name and list alone", () => {
  store("users", "all", ["a"]);
  store("top", "/", 700);
  expect(stored("users", "all")).toEqual(["a"]);
  expect(stored("users", "admins")).toBeUndefined();
  expect(stored("top", "/")).toBe(700);
  expect(stored("tips", "all")).toBeUndefined();
});

test("another address begins with nothing", () => {
  store("users", "all", ["a"]);
  history.replaceState(null, "", "/next");
  expect(stored("users", "all")).toBeUndefined();
});

test("the first letter is a step of its own, and what follows is not", () => {
  expect(typesOn(new URLSearchParams("state=judged"), "search")).toBe(false);
  expect(typesOn(new URLSearchParams("search=s"), "search")).toBe(true);
});
