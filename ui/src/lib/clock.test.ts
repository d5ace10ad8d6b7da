import { expect, test } from "vitest";

import { heard, serverNow } from "./clock";

const NOON = Date.parse("2026-11-29T12:00:00Z");
const HOUR = 3_600_000;

test("a clock that is off by an hour is set right, in both directions", () => {
  for (const wrong of [NOON - HOUR, NOON + HOUR]) {
    heard("Sun, 29 Nov 2026 12:00:00 GMT", wrong);
    expect(serverNow(wrong)).toBe(NOON);
    expect(serverNow(wrong + 90_000)).toBe(NOON + 90_000);
  }
});

test("the seconds that an answer takes are no fault of the clock, and what is no time changes nothing", () => {
  heard("Sun, 29 Nov 2026 12:00:00 GMT", NOON + 2_000);
  heard(null, NOON);
  heard("yesterday", NOON);
  expect(serverNow(NOON)).toBe(NOON);
});
