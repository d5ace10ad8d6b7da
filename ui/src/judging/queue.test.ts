import { describe, expect, it } from "vitest";

import { linesOf } from "./answerLines";
import type { Change } from "./model";
import { secondsAnItem, withAnswer } from "./pace";
import { drain, PAUSES_MS, type Outcome, type Told } from "./queue";
import { inMemory } from "./stored";

const answer = (item: string, key = item, value = 3): Change => ({ kind: "answer", item, key, given: { scores: { clear: value }, unscorable: null, comment: null } });

/** Sends what waits to a server that answers so, and keeps what was said. */
async function drained(changes: Change[], outcomes: Outcome[]) {
  const { queue } = inMemory();
  for (const change of changes) await queue.add(change);
  const sent: string[] = [];
  const said: string[] = [];
  const pauses: number[] = [];
  const told: Told = {
    waiting: (count, reason) => void said.push(`${count} ${reason ?? ""}`.trim()),
    signedOut: () => void said.push("signed out"),
    refused: (change, message, closed) => void said.push(`refused ${change.item} ${message} ${closed}`),
  };
  await drain(
    queue,
    async (change) => {
      sent.push(change.item);
      return outcomes.shift() ?? { kind: "done" };
    },
    told,
    async (ms) => void pauses.push(ms),
  );
  return { sent, said, pauses, left: (await queue.all()).map(({ change }) => change.item) };
}

describe("sending", () => {
  it("goes in order, each once", async () => {
    const { sent, said, left } = await drained([answer("a"), answer("b")], []);
    expect([sent, left]).toEqual([["a", "b"], []]);
    expect(said).toEqual(["2", "1", "0"]);
  });

  it("tries the same one again after longer and longer pauses", async () => {
    const later: Outcome = { kind: "later", message: "away" };
    const { sent, pauses, left } = await drained([answer("a")], [later, later, { kind: "done" }]);
    expect(sent).toEqual(["a", "a", "a"]);
    expect(pauses).toEqual(PAUSES_MS.slice(0, 2));
    expect(left).toEqual([]);
  });

  it("leaves everything in place when the session has ended", async () => {
    const { sent, said, left } = await drained([answer("a"), answer("b")], [{ kind: "signedOut" }]);
    expect([sent, left]).toEqual([["a"], ["a", "b"]]);
    expect(said).toContain("signed out");
  });

  it("lets nothing go that was refused before it is stored as refused", async () => {
    const { queue } = inMemory();
    await queue.add(answer("a"));
    const left: number[] = [];
    const refused = async () => void left.push((await queue.all()).length);
    await drain(queue, async () => ({ kind: "refused", message: "closed", closed: true }), { waiting: () => {}, signedOut: () => {}, refused }, async () => {});
    expect([left, await queue.all()]).toEqual([[1], []]);
  });

  it("goes on after one that is never taken", async () => {
    const { sent, said } = await drained([answer("a"), answer("b")], [{ kind: "refused", message: "closed", closed: true }]);
    expect(sent).toEqual(["a", "b"]);
    expect(said).toContain("refused a closed true");
  });
});

describe("answers that were not taken", () => {
  it("are a file of scores, the last one of each item", () => {
    const lines = linesOf([answer("a"), answer("b"), answer("a", "k", 4), { kind: "takeBack", item: "b", key: "b" }], "tips@2");
    expect(lines).toBe('{"item":"a","rubric":"tips@2","scores":{"clear":4}}\n');
    expect(linesOf([{ kind: "answer", item: "c", key: "c", given: { scores: null, unscorable: "cut", comment: "x" } }], "tips@2")).toBe(
      '{"item":"c","rubric":"tips@2","unscorable":"cut","comment":"x"}\n',
    );
  });
});

describe("pace", () => {
  it("is the median of the last answers, without pauses, and unknown before there are three", () => {
    const times = [8_000, 12_000, 600_000].reduce<number[]>(withAnswer, []);
    expect(secondsAnItem(times)).toBeNull();
    expect(secondsAnItem(withAnswer(times, 40_000))).toBe(12);
    expect(secondsAnItem(withAnswer(withAnswer(times, 40_000), 14_000))).toBe(13);
  });
});
