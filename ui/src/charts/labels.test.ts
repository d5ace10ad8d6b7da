import { describe, expect, it } from "vitest";

import { placed, scale } from "./labels";

const at = (x: number, y: number, name = "twelve chars") => ({ x, y, name });

describe("labels in a picture", () => {
  it("stand to the right of their point, and to the left at the right edge", () => {
    const [left, right] = placed([at(50, 50), at(390, 150)], 400);
    expect([left?.anchor, right?.anchor]).toEqual(["start", "end"]);
  });
  it("are over no other: one goes below, and one without any place is left out", () => {
    const labels = placed(Array.from({ length: 6 }, () => at(200, 50)), 400);
    expect(labels.map(({ index, anchor, dy }) => [index, anchor, dy > 0])).toEqual([
      [0, "start", false],
      [1, "end", false],
      [2, "start", true],
      [3, "end", true],
    ]);
  });
  it("are over no point", () => {
    const [first] = placed([at(200, 50)], 400, [at(200, 50), at(240, 44)]);
    expect(first?.anchor).toBe("end");
  });
  it("stand right of what is left of the picture", () => {
    expect(placed([at(120, 50)], 160).map(({ anchor }) => anchor)).toEqual(["end"]);
    expect(placed([at(120, 50)], 160, undefined, 52)).toEqual([]);
  });
  it("are left out where the picture is too narrow for them", () => expect(placed([at(20, 20, "x".repeat(60))], 100)).toEqual([]));
});

it("values lie between the ends of a picture, and in its middle where all are equal", () =>
  expect([scale([2, 4], 10, 30)(3), scale([2, 4], 30, 10)(4), scale([2, 2], 10, 30)(2)]).toEqual([20, 10, 20]));
