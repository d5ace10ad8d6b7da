import { expect, it } from "vitest";

import { size, verdict } from "./health";

const part = (state: string, name = "disk") => ({ name, state });

it("one sentence is over all parts", () =>
  expect([verdict([part("fine")]), verdict([part("fine"), part("note")]), verdict([part("note"), part("wrong"), part("wrong", "daemon")])]).toEqual([
    "Everything runs.", "It runs, with something to look at.", "Not well: disk, daemon.",
  ]));

it("sizes have units", () => expect([size(0, "en"), size(1500, "en"), size(2.5e9, "en"), size(9e15, "en")]).toEqual(["0 byte", "1.5 kB", "2.5 GB", "9,000 TB"]));
