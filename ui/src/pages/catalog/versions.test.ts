import { describe, expect, it } from "vitest";

import { byName, byVersion, nextVersion, withVersion } from "./versions";

describe("versions", () => {
  it("are in natural order", () => expect(["10", "9", "1.10", "1.9", "draft", "1"].sort(byVersion)).toEqual(["draft", "1", "1.9", "1.10", "9", "10"]));
  it("stand under their name, the newest first", () => {
    const entries = [{ name: "b", version: "1" }, { name: "a", version: "9" }, { name: "a", version: "10" }];
    expect(byName(entries).map((group) => group.map((each) => `${each.name}@${each.version}`))).toEqual([["a@10", "a@9"], ["b@1"]]);
  });
  it("go on past those that are taken", () => {
    expect([nextVersion([]), nextVersion(["1", "2"]), nextVersion(["1.9"]), nextVersion(["draft"])]).toEqual(["1", "3", "1.10", "draft2"]);
  });
});

it("a text gets its version where it names one", () => {
  expect(withVersion('+++\nname = "a"\nversion = "1"\n+++\nversion = "x"', "2")).toBe('+++\nname = "a"\nversion = "2"\n+++\nversion = "x"');
  expect(withVersion("version = '1' # first", "2")).toBe('version = "2" # first');
  expect(withVersion("nothing", "2")).toBe("nothing");
});
