import { expect, it } from "vitest";

import { deliveryFilter, heldBy, waitingLine } from "./deliveries";

it("the filter is what the address says, whatever its case, and nothing of what is unknown", () => {
  expect(deliveryFilter(new URLSearchParams())).toBeNull();
  expect(deliveryFilter(new URLSearchParams("state=lost&channel=pigeon&user=%20"))).toBeNull();
  expect(deliveryFilter(new URLSearchParams("state=unknown&channel=PUSH&user=u1"))).toEqual({ state: "UNKNOWN", channel: "PUSH", user: "u1" });
});

it("what holds a waiting notice is said in order; what is released is held by nothing", () => {
  const holds = [{ code: "cap_day" }, { code: "quiet" }, { code: "of_the_future" }];
  expect(heldBy({ state: "WAITING", holds })).toBe("cap of the day reached, then quiet hours, then of the future");
  expect(heldBy({ state: "DELIVERED", holds })).toBe("");
});

it("what waits is said with its age, and what is due for how long", () => {
  expect(waitingLine({ waiting: 0, due: 0, oldestWaitingS: 0, overdueS: 0 })).toBe("Nothing waits.");
  expect(waitingLine({ waiting: 1, due: 0, oldestWaitingS: 60, overdueS: 0 })).toBe("1 notice waits, the oldest for 60 s.");
  expect(waitingLine({ waiting: 3, due: 2, oldestWaitingS: 7200, overdueS: 600 })).toBe("3 notices wait, the oldest for 2 h. 2 are due, the first for 10 min.");
});
