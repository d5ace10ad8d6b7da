import { expect, it } from "vitest";

import { aboutOf, eventLabel, EVENTS, heard, healthOf, lastAttempt, messageFilter, nameOf, pretty } from "./webhooks";

it("the filter is what the address says, and no state where the word is none", () => {
  expect(messageFilter(new URLSearchParams())).toEqual({ webhook: null, state: null });
  expect(messageFilter(new URLSearchParams("state=failed&webhook=w1"))).toEqual({ webhook: "w1", state: "FAILED" });
  expect(messageFilter(new URLSearchParams("state=lost&webhook=%20"))).toEqual({ webhook: null, state: null });
});

it("a webhook that is disabled is not said to fail, and one without any message is new", () => {
  const at = "2027-01-15T08:00:00Z";
  expect(healthOf({ state: "DISABLED", failingSince: at, deliveredAt: at })).toBe("disabled");
  expect(healthOf({ state: "ENABLED", failingSince: at, deliveredAt: at })).toBe("failing");
  expect(healthOf({ state: "ENABLED", failingSince: null, deliveredAt: null })).toBe("new");
  expect(healthOf({ state: "ENABLED", failingSince: null, deliveredAt: at })).toBe("fine");
});

it("the last attempt has its status where there was an answer", () => {
  const attempt = { __typename: "WebhookAttempt" as const, at: "2027-01-15T08:00:00Z", tookMs: 3 };
  expect(lastAttempt({ attempts: [] })).toBe("");
  expect(lastAttempt({ attempts: [{ ...attempt, outcome: "no connection", status: null }] })).toBe("no connection");
  const two = [{ ...attempt, outcome: "not taken", status: 500 }, { ...attempt, outcome: "taken", status: 204 }];
  expect(lastAttempt({ attempts: two })).toBe("taken (204)");
});

it("a body is shown by lines, and as it is where it is no JSON", () => {
  expect(pretty('{"type":"a","data":{}}')).toBe('{\n  "type": "a",\n  "data": {}\n}');
  expect(pretty("{")).toBe("{");
});

it("a message says which experiment it is about, where there is one", () => {
  expect(aboutOf('{"data":{"experiment":"tip-bench-a"}}')).toBe("tip-bench-a");
  expect(["{", "null", '{"data":{"webhook":"w"}}', '{"data":{"experiment":1}}'].map(aboutOf)).toEqual(["", "", "", ""]);
});

it("events are in the order of the form, those of a later server behind them", () => {
  expect(heard(["OF_THE_FUTURE" as never, "RUN_FINISHED", "LEADERBOARD_PUBLISHED"])).toBe("a leaderboard was published, a run ended, of the future");
});

it("every event has words, and one of a later server is shown as it is", () => {
  expect(EVENTS.map((each) => eventLabel(each.value))).toEqual(EVENTS.map((each) => each.label));
  expect(eventLabel("OF_THE_FUTURE" as never)).toBe("of the future");
  expect([nameOf({ label: "", origin: "https://a.example" }), nameOf({ label: "ours", origin: "-" })]).toEqual(["https://a.example", "ours"]);
});
