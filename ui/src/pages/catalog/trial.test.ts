import { describe, expect, it } from "vitest";

import { askLabel, checked, EMPTY } from "./trial";

describe("a trial", () => {
  it("waits for a model and a prompt", () => expect(checked({ ...EMPTY, model: "m" }).input).toBeNull());
  it("is sent with the prompt's name, or with a text in its place", () => {
    const named = checked({ ...EMPTY, model: "m", prompt: "p@1", temperature: "0,5", seed: "3" }).input;
    expect(named).toEqual({ model: "m", prompt: "p@1", scenario: null, temperature: 0.5, seed: 3 });
    expect(checked({ ...EMPTY, model: "m", prompt: "p@1", text: "draft" }).input).toEqual({ model: "m", text: "draft", scenario: null, temperature: 0.7, seed: 0 });
  });
  it("says which number is none", () => {
    const { input, errors } = checked({ ...EMPTY, model: "m", prompt: "p", temperature: "3", seed: "1.5" });
    expect([input, Object.keys(errors)]).toEqual([null, ["temperature", "seed"]]);
  });
});

it("the button says what it can cost", () =>
  expect([askLabel(0), askLabel(0.00012), askLabel(null)]).toEqual(["Ask, for nothing", "Ask, for at most $0.00012", "Ask, at a price that is not known"]));
