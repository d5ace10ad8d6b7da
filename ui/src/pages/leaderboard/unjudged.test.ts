import { expect, test } from "vitest";

import { underWay } from "./unjudged";

test("who has answered is named with how much, and who has not is left out", () => {
  const rounds = [
    { judge: "anna", answered: 10, total: 12 },
    { judge: "bert", answered: 0, total: 12 },
    { judge: "carl", answered: 12, total: 12 },
  ];
  expect(underWay(rounds)).toBe("10 of 12 by anna, 12 of 12 by carl");
  expect(underWay(rounds.slice(1, 2))).toBeNull();
});
