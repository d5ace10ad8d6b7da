import { describe, expect, it } from "vitest";

import type { Change, Criterion, Item } from "./model";
import { answeredOf, answerOf, begin, current, draftOf, step, type Action, type State } from "./reducer";

const criterion = (name: string, more: Partial<Criterion> = {}): Criterion => ({ name, description: "", yesNo: false, gate: false, needs: null, low: 1, high: 5, anchors: [], ...more });
const CRITERIA = [criterion("clear"), criterion("kind")];
const item = (place: number, answer: Item["answer"] = null): Item => ({ item: `i${place}`, place, scenario: {}, tip: `tip ${place}`, answer, flag: null });
const GIVEN = { scores: { clear: 2, kind: 2 }, unscorable: null, comment: null };

/** Goes through actions and keeps what is to be sent. */
function after(start: State, ...actions: Action[]): { state: State; changes: Change[] } {
  const changes: Change[] = [];
  let state = start;
  for (const action of actions) {
    const done = step(state, action);
    state = done.state;
    changes.push(...done.changes);
  }
  return { state, changes };
}

const started = (items: Item[], whole = true, total = items.length): State => step(begin(CRITERIA, total), { type: "loaded", items, whole }).state;
const level = (value: number, key = "k"): Action => ({ type: "level", value, key });

describe("scoring", () => {
  it("scores one criterion after the other and goes to the next item by itself", () => {
    const { state, changes } = after(started([item(1), item(2)]), level(4), level(5, "a"));
    expect(changes).toEqual([{ kind: "answer", item: "i1", key: "a", given: { scores: { clear: 4, kind: 5 }, unscorable: null, comment: null } }]);
    expect(current(state)?.place).toBe(2);
    expect(state.focus).toBe(0);
  });

  it("waits for Enter where values do not go on by themselves", () => {
    const start = step(started([item(1), item(2)]), { type: "auto", on: false }).state;
    const scored = after(start, level(4), level(5));
    expect([scored.changes, current(scored.state)?.place]).toEqual([[], 1]);
    const next = after(scored.state, { type: "next", key: "b" });
    expect(next.changes).toHaveLength(1);
    expect(current(next.state)?.place).toBe(2);
  });

  it("takes no value outside the scale, and only 0 or 1 for yes or no", () => {
    const start = step(begin([criterion("clear"), criterion("safe", { yesNo: true, low: 0, high: 1 })], 1), { type: "loaded", items: [item(1)], whole: true }).state;
    const { state } = after(start, level(6), level(0));
    expect(draftOf(state, item(1)).scores).toEqual({});
    expect(after(state, level(3), level(2)).changes).toEqual([]);
    expect(after(state, level(3), level(0)).changes).toHaveLength(1);
  });

  it("asks what needs something of the scenario only of items that have it, and steps over it elsewhere", () => {
    const criteria = [criterion("clear"), criterion("keeps_limits", { yesNo: true, gate: true, needs: "must_not", low: 0, high: 1 }), criterion("kind")];
    const limited = { ...item(2), scenario: { must_not: ["pills"] } };
    const start = step(begin(criteria, 3), { type: "loaded", items: [{ ...item(1), scenario: { must_not: [" "] } }, limited], whole: true }).state;
    const first = after(start, level(4), level(5));
    expect(first.changes).toMatchObject([{ item: "i1", given: { scores: { clear: 4, kind: 5 } } }]);
    expect(step(start, { type: "step", by: 1 }).state.focus).toBe(2);
    expect(after(start, { type: "level", value: 1, key: "k", criterion: 1 }).state.drafts).toEqual({});
    const answered = step(begin([...criteria.slice(1), criteria[0]!], 1), { type: "loaded", items: [item(1, GIVEN)], whole: true }).state;
    const seen = step(answered, { type: "goTo", place: 1 }).state;
    expect([answered.at, seen.focus]).toEqual([null, 1]);
    const second = after(first.state, level(4), level(0), level(5));
    expect(second.changes).toMatchObject([{ item: "i2", given: { scores: { clear: 4, keeps_limits: 0, kind: 5 } } }]);
  });

  it("says what is without a value, and moves there", () => {
    const { state, changes } = after(started([item(1)]), { type: "focus", criterion: 1 }, level(3), { type: "next", key: "a" });
    expect(changes).toEqual([]);
    expect(state.notice).toContain("clear");
    expect(state.focus).toBe(0);
  });

  it("keeps the comment with the scores", () => {
    const { changes } = after(started([item(1)]), { type: "comment", text: " good \n" }, level(4), level(4));
    expect(changes).toMatchObject([{ given: { comment: "good" } }]);
  });

  it("wants a reason for what cannot be scored, and keeps it instead of values", () => {
    const start = started([item(1), item(2)]);
    expect(after(start, { type: "unscorable", reason: "  ", key: "a" }).changes).toEqual([]);
    const { state, changes } = after(start, level(3), { type: "unscorable", reason: "cut off", key: "a" });
    expect(changes).toEqual([{ kind: "answer", item: "i1", key: "a", given: { scores: null, unscorable: "cut off", comment: null } }]);
    expect(current(state)?.place).toBe(2);
    expect(state.drafts).toEqual({});
  });
});

describe("going about", () => {
  it("gives no answer when the page is opened again where an answer was taken back", () => {
    const taken = after(started([item(1), item(2)]), level(4), level(5, "a"), { type: "undo" }).state;
    const opened = step(begin(CRITERIA, 2, { drafts: taken.drafts }), { type: "loaded", items: [item(1), item(2)], whole: true }).state;
    const { state, changes } = after(opened, { type: "goTo", place: 1 });
    expect([changes, current(state)?.place, draftOf(state, item(1)).scores]).toEqual([[], 1, { clear: 4, kind: 5 }]);
  });

  it("comes to skipped items when nothing else is left, and ends when all have an answer", () => {
    let { state } = after(started([item(1), item(2)]), { type: "skip", key: "a" });
    expect(current(state)?.place).toBe(2);
    ({ state } = after(state, level(1), level(1)));
    expect(current(state)?.place).toBe(1);
    ({ state } = after(state, level(1), level(1)));
    expect(state.at).toBeNull();
    expect(after(state, { type: "back", key: "x" }).state.at).toBe(1);
  });

  it("says so where the skipped item is the only one", () => {
    expect(after(started([item(1)]), { type: "skip", key: "a" }).state.notice).toContain("only item left");
  });

  it("goes back the way it came, then by place, and stops at the first", () => {
    let { state } = after(started([item(1, GIVEN), item(2), item(3)]), { type: "skip", key: "a" });
    expect(state.at).toBe(3);
    ({ state } = after(state, { type: "back", key: "a" }));
    expect(state.at).toBe(2);
    ({ state } = after(state, { type: "back", key: "a" }));
    expect(state.at).toBe(1);
    expect(after(state, { type: "back", key: "a" }).state.notice).toContain("first item");
  });

  it("saves a changed answer on the way, and nothing where nothing changed", () => {
    const start = after(started([item(1), item(2)]), level(4), level(5), { type: "back", key: "b" }).state;
    expect(after(start, { type: "next", key: "c" }).changes).toEqual([]);
    const { changes, state } = after(start, { type: "focus", criterion: 0 }, level(1), { type: "next", key: "c" });
    expect(changes).toMatchObject([{ key: "c", given: { scores: { clear: 1, kind: 5 } } }]);
    expect(state.at).toBe(2);
  });

  it("keeps what is half scored as a draft", () => {
    const { state, changes } = after(started([item(1), item(2)]), level(4), { type: "skip", key: "a" }, { type: "back", key: "b" });
    expect(changes).toEqual([]);
    expect(draftOf(state, item(1)).scores).toEqual({ clear: 4 });
    expect(state.focus).toBe(1);
  });

  it("waits for what is not loaded yet instead of ending", () => {
    const { state } = after(started([item(1)], false, 9), level(1), level(1));
    expect([state.at, state.whole]).toEqual([null, false]);
    expect(after(state, { type: "loaded", items: [item(2)], whole: false }).state.at).toBe(2);
  });
});

describe("undoing", () => {
  it("takes the last answer back by its key, shows the item with its values, and the one before is in force", () => {
    const { state, changes } = after(started([item(1, GIVEN), item(2)]), level(4), level(5, "a"), { type: "undo" });
    expect(changes.at(-1)).toEqual({ kind: "takeBack", item: "i2", key: "a" });
    expect(state.at).toBe(2);
    expect(draftOf(state, item(2)).scores).toEqual({ clear: 4, kind: 5 });
    expect(answerOf(state, item(2))).toBeNull();
  });

  it("goes back answer by answer and then says that there is none", () => {
    const { state, changes } = after(started([item(1), item(2)]), level(1), level(1, "a"), level(2), level(2, "b"), { type: "undo" }, { type: "undo" }, { type: "undo" });
    expect(changes.slice(2)).toEqual([
      { kind: "takeBack", item: "i2", key: "b" },
      { kind: "takeBack", item: "i1", key: "a" },
    ]);
    expect(state.notice).toContain("Nothing was answered here");
  });

  it("gives the answer again by Enter, with a value changed", () => {
    const { changes } = after(started([item(1), item(2)]), level(1), level(1, "a"), { type: "undo" }, level(3), { type: "next", key: "b" });
    expect(changes).toMatchObject([{ key: "a" }, { kind: "takeBack" }, { key: "b", given: { scores: { clear: 3, kind: 1 } } }]);
  });
});

describe("what comes from elsewhere", () => {
  it("brings a refused answer back into the fields", () => {
    const { state } = after(started([item(1)]), level(1), level(2), { type: "refused", item: "i1", message: "no such level" });
    expect(state.at).toBe(1);
    expect(draftOf(state, item(1)).scores).toEqual({ clear: 1, kind: 2 });
    expect(state.notice).toContain("no such level");
  });

  it("goes on where another tab has answered the item that is shown", () => {
    const { state } = after(started([item(1), item(2)]), level(1), { type: "elsewhere", item: "i1", given: GIVEN });
    expect(state.at).toBe(2);
    expect(state.notice).toContain("another tab");
    expect(state.drafts).toEqual({});
  });

  it("counts what was answered here beside what the server had", () => {
    const { state } = after(started([item(1, GIVEN), item(2), item(3)]), level(1), level(2));
    expect(answeredOf(state, 1)).toBe(2);
    expect(answeredOf(after(state, { type: "undo" }).state, 1)).toBe(1);
  });
});

describe("flagging", () => {
  const flag = (reason: string | null, stay = false): Action => ({ type: "flag", reason, stay, key: "f" });

  it("tells the admins, is no answer, and leaves the item for later", () => {
    const { state, changes } = after(started([item(1), item(2)]), flag(" names a person "));
    expect(changes).toEqual([{ kind: "flag", item: "i1", reason: "names a person" }]);
    expect([state.at, answerOf(state, item(1)), answeredOf(state, 0)]).toEqual([2, null, 0]);
  });

  it("can stay, and be taken back", () => {
    const { state, changes } = after(started([item(1), item(2)]), flag("odd", true), flag(null));
    expect(state.at).toBe(1);
    expect(changes.map((change) => change.kind === "flag" && change.reason)).toEqual(["odd", null]);
  });

  it("wants a reason", () => {
    expect(after(started([item(1)]), flag("  ")).changes).toEqual([]);
  });
});
