import { expect, it } from "vitest";

import { byConsumer } from "./letters";

it("letters are given back by consumer, in their order", () =>
  expect([...byConsumer([{ consumer: "a", id: "1" }, { consumer: "b", id: "2" }, { consumer: "a", id: "3" }])]).toEqual([["a", ["1", "3"]], ["b", ["2"]]]));
