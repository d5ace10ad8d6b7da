import { describe, expect, it } from "vitest";

import { ago, bothTimes, counted, duration, interval, latency, mean, money, probability, score, share, shortened, signed, undecided } from "./format";

describe("numbers", () => {
  it("shows a dash for what is not known and never a zero", () => {
    expect([score(null), money(undefined), share(null), latency(null), probability(null), signed(null)]).toEqual(Array(6).fill("–"));
  });
  it("writes decimals as the viewer's language does", () => {
    expect(score(3.456, "en")).toBe("3.46");
    expect(score(3.456, "de")).toBe("3,46");
    expect(interval(3.4, 3.2, 3.6, "en")).toBe("3.40 (3.20 to 3.60)");
    expect(interval(3.4, null, null, "en")).toBe("3.40");
    expect(signed(-0.5, "en")).toBe("−0.50");
    expect(signed(0.5, "en")).toBe("+0.50");
    expect(signed(0, "en")).toBe("0.00");
    expect([mean(51.25, "en"), mean(17, "de"), mean(null)]).toEqual(["51.3", "17,0", "–"]);
  });
  it("never rounds a part to all or to nothing", () => {
    expect([share(0, "en"), share(0.001, "en"), share(0.999, "en"), share(1, "en")]).toEqual(["0 %", "1 %", "99 %", "100 %"]);
  });
  it("shows small sums with digits that mean something", () => {
    expect([money(12.3, "en"), money(0.00123, "en"), money(0.6, "en"), money(0, "en")]).toEqual(["$12.30", "$0.0012", "$0.60", "$0.00"]);
    expect([probability(0.0001, "en"), probability(0.04, "en")]).toEqual(["< 0.001", "0.040"]);
  });
});

it("shows no time as nothing", () => expect([latency(0.02, "en"), latency(240, "en"), latency(1400, "en"), latency(8000, "en")]).toEqual(["< 1 ms", "240 ms", "1.4 s", "8.0 s"]));

describe("times", () => {
  const now = Date.parse("2026-11-29T12:00:00Z");
  it("counts back from now, and a clock that is ahead reads as now", () => {
    expect(ago("2026-11-29T12:30:00Z", now)).toBe("just now");
    expect(ago("2026-11-29T11:55:00Z", now, "en")).toBe("5 minutes ago");
    expect(ago("2026-11-28T12:00:00Z", now, "en")).toBe("yesterday");
  });
  it("says the zone of both", () => {
    expect(bothTimes("2026-11-29T11:55:00+00:00", "en")).toContain("2026-11-29 11:55:00 UTC");
  });
  it("writes durations in the unit that fits", () => {
    expect([duration(40), duration(200), duration(7500), duration(7200), duration(260_000), duration(Infinity)]).toEqual(["40 s", "3 min", "2 h 5 min", "2 h", "3 days", "–"]);
  });
});

describe("the leader", () => {
  it("is told from none, one or many others", () => {
    expect([undecided(1), undecided(2), undecided(4), undecided(null)]).toEqual([
      "better than every other cell",
      "cannot be told from 1 other",
      "cannot be told from 3 others",
      null,
    ]);
  });
  it("counts in words that agree", () => expect([counted(1, "tip"), counted(2, "tip")]).toEqual(["1 tip", "2 tips"]));
});

it("a long name loses its middle, whole characters of it, and a short one nothing", () => {
  expect(shortened("a-model-of-many-words-0001 / coach", 15)).toBe("a-model…/ coach");
  expect(Array.from(shortened("🙂".repeat(40), 15))).toHaveLength(15);
  expect(shortened("short", 5)).toBe("short");
});
