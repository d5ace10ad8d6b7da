import { describe, expect, it } from "vitest";

import { facts, inWords, led } from "./facts";

const text = (value: unknown) => inWords(value, "en-GB");

describe("a scenario's data in words", () => {
  it("reads weather, calendar and reactions as a person says them", () => {
    expect(text({ summary: "heavy rain", temperature_c: -7 })).toBe("heavy rain, -7 °C");
    expect(text({ wind_kmh: 20 })).toBe("wind 20 km/h");
    expect(text([{ start: "19:30", title: "Dinner with Anne" }, { start: "09:00", end: "10:00", title: "Review" }])).toBe("19:30 Dinner with Anne, 09:00 to 10:00 Review");
    expect(text([{ tip: "Run anyway, now", reaction: "dismissed" }, { tip: "Stretch", reaction: "done" }])).toBe("Run anyway, now: dismissed; Stretch: done");
  });

  it("names what it does not know, at any depth", () => {
    expect(text({ age: 30, is_at_work: true, home: { city: "Oslo" } })).toBe("age 30, is at work yes, home city Oslo");
  });

  it("writes the local time as a date, in no other zone", () => {
    expect(text("2026-11-05T18:05")).toBe("5 Nov 2026, 18:05");
    expect(text("2026-11-05")).toBe("2026-11-05");
  });

  it("begins with what it is about", () => {
    expect(led({ area: "sleep", situation: "tired" })).toEqual({ lead: "tired", rest: { area: "sleep" } });
    expect(led({ question: "why?", situation: "" })).toEqual({ lead: "why?", rest: { situation: "" } });
    expect([led({ n: 1 }), led(null)]).toEqual([{ lead: null, rest: { n: 1 } }, { lead: null, rest: {} }]);
  });

  it("leaves out what is empty and keeps the order", () => {
    expect(facts({ situation: "tired", must_not: ["pills", "blame"], calendar: [], note: null, n: 0 }, "en-GB")).toEqual([
      { name: "situation", text: "tired" },
      { name: "must not be told", text: "pills, blame" },
      { name: "n", text: "0" },
    ]);
    expect(facts(null)).toEqual([]);
  });
});
