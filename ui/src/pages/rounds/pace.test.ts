import { describe, expect, it } from "vitest";

import { expectedEnd, isAnswered, isAtWork, onItsWay, refusedFile, takesAnswers, waiting, workLeft } from "./pace";

const NOW = Date.parse("2026-01-01T12:00:00Z");
const round = { state: "open", total: 100, answered: 40, pace: { seconds: 20, lastAt: "2026-01-01T11:59:00Z" } };

describe("the end of a round", () => {
  it("is the pace times what is left", () => {
    expect(workLeft(round)).toBe(1_200);
    expect(expectedEnd(round, NOW)).toEqual(new Date(NOW + 1_200_000));
  });

  it("is unknown without a pace, after a pause, and when all is answered", () => {
    expect(expectedEnd({ ...round, pace: null }, NOW)).toBeNull();
    expect(expectedEnd(round, NOW + 3_600_000)).toBeNull();
    expect(expectedEnd({ ...round, answered: 100 }, NOW)).toBeNull();
    expect(isAtWork({ ...round, state: "closed" }, NOW)).toBe(false);
  });
});

describe("a file", () => {
  it("is looked at before it is sent", () => {
    expect(refusedFile({ name: "a.pdf", size: 1 })).toContain("JSON lines or CSV");
    expect(refusedFile({ name: "a.csv", size: 0 })).toContain("empty");
    expect(refusedFile({ name: "a.jsonl", size: 600 * 2 ** 20 })).toContain("The file has 600 MB, and 512 MB is the most");
    expect(refusedFile({ name: "a.jsonl", size: 512 * 2 ** 20 + 1 })).toContain("513 MB");
    expect(refusedFile({ name: "a.jsonl", size: 512 * 2 ** 20 })).toBeNull();
    expect(refusedFile({ name: "scores.JSONL", size: 10 })).toBeNull();
  });

  it("is followed until it is sent, and then checked", () => {
    expect(onItsWay(0, 10)).toBe("0 of 1 MB sent.");
    expect(onItsWay(43.9 * 2 ** 20, 100 * 2 ** 20)).toBe("43 of 100 MB sent.");
    expect(onItsWay(10, 10)).toContain("the server checks it");
  });
});

describe("judges on record", () => {
  const judges = [{ judge: "heuristics", kind: "program" }, { judge: "anna", kind: "human" }, { judge: "claude", kind: "agent" }];

  it("are offered unless they are programs or have an open round", () => {
    expect(waiting(judges, ["anna"])).toEqual([{ judge: "claude", kind: "agent" }]);
    expect(waiting(Array.from({ length: 40 }, (_, number) => ({ judge: `j${number}`, kind: "human" })), []).length).toBe(12);
    expect(["open", "preparing", "failed", "closed"].map((state) => takesAnswers({ state }))).toEqual([true, true, false, false]);
  });

  it("is answered when nothing is left of something", () => {
    expect([0, 5, 6].map((answered) => isAnswered({ answered, total: answered && 6 }))).toEqual([false, false, true]);
  });
});
