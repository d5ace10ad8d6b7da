import { expect, it } from "vitest";

import { eventLabel, EVENTS, healthOf, lastAttempt, messageFilter, nameOf, pretty } from "./webhooks";

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

it("every event has words, and one of a later server is shown as it is", () => {
  expect(EVENTS.map((each) => eventLabel(each.value))).toEqual(EVENTS.map((each) => each.label));
  expect(eventLabel("OF_THE_FUTURE" as never)).toBe("of the future");
  expect([nameOf({ label: "", origin: "https://a.example" }), nameOf({ label: "ours", origin: "-" })]).toEqual(["https://a.example", "ours"]);
});
