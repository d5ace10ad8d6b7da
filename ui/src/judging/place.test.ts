import { describe, expect, it } from "vitest";

import type { Draft } from "./model";
import { merged, type Place } from "./place";

const draft = (comment: string): Draft => ({ scores: {}, comment });
const place = (at: number | null, drafts: Record<string, Draft> = {}, skipped: string[] = [], times: number[] = []): Place => ({ at, drafts, skipped, times });

describe("the place of a judge with two tabs", () => {
  it("has the drafts of both, and each tab's own changes of its own", () => {
    const begun = place(1, { a: draft("old") }, ["s"]);
    const first = merged(begun, begun, place(2, { a: draft("new"), b: draft("mine") }, ["s", "t"], [4]));
    const second = merged(first, begun, place(1, { a: draft("old"), c: draft("theirs") }, []));
    expect(second).toEqual(place(2, { a: draft("new"), b: draft("mine"), c: draft("theirs") }, ["t"], [4]));
  });

  it("loses a draft that its own tab has answered, and no other", () => {
    const begun = place(1, { a: draft("one"), b: draft("two") });
    expect(merged(begun, begun, place(2, { b: draft("two") })).drafts).toEqual({ b: draft("two") });
  });

  it("is what the tab says where nothing lies, and adds to what it never read", () => {
    expect(merged(null, null, place(3))).toEqual(place(3));
    expect(merged(place(1, { a: draft("one") }), null, place(3, { b: draft("two") }))).toEqual(place(3, { a: draft("one"), b: draft("two") }));
  });
});
