import { describe, expect, it } from "vitest";

import { visible } from "./visible";

describe("visible", () => {
  it("takes the rows in sight and the spare ones", () => {
    expect(visible(920, 460, 92, 1_000, 0)).toEqual([8, 16]);
    expect(visible(930, 460, 92, 1_000, 3)).toEqual([4, 20]);
  });

  it("is the same for small movements", () => {
    expect(visible(922, 460, 92, 1_000, 0)).toEqual(visible(1_000, 460, 92, 1_000, 0));
  });

  it("stays within the list, also when it became shorter", () => {
    expect(visible(0, 460, 92, 3, 8)).toEqual([0, 3]);
    expect(visible(92_000, 460, 92, 10, 2)).toEqual([8, 10]);
    expect(visible(0, 0, 92, 0, 8)).toEqual([0, 0]);
  });
});
