import { describe, expect, it } from "vitest";

import { typedNumber } from "./typed";

describe("numbers as typed", () => {
  it("take a point and a decimal comma", () => expect([typedNumber("0.7"), typedNumber(" 0,7 "), typedNumber("1 000")]).toEqual([0.7, 0.7, 1000]));
  it("are nothing else", () => expect(["", "1e9", "0x1", "1,000.5", "one"].every((text) => Number.isNaN(typedNumber(text)))).toBe(true));
});
