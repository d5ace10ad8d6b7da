import { expect, it } from "vitest";

import { follow, type Sink, type State } from "./follow";

interface Event {
  cursor: string;
}

/** A stream whose openings, waits and states are kept. */
function stream(isFinal?: (error: unknown) => boolean) {
  const opened: (string | null)[] = [];
  const waits: number[] = [];
  const states: State[] = [];
  const seen: string[] = [];
  let sink: Sink<Event> | undefined;
  let go = () => {};
  let closed = 0;
  const end = follow<Event>({
    open(after, given) {
      opened.push(after);
      sink = given;
      return () => (closed += 1);
    },
    cursorOf: (event) => event.cursor,
    onEvent: (event) => seen.push(event.cursor),
    onState: (state) => states.push(state),
    isFinal,
    wait(ms, next) {
      waits.push(ms);
      go = next;
      return () => (go = () => {});
    },
  });
  return { opened, waits, states, seen, end, now: () => sink as Sink<Event>, again: () => go(), closed: () => closed };
}

it("resumes behind the last event after a broken connection", () => {
  const { opened, now, again, states, seen } = stream();
  now().next({ cursor: "1" });
  now().next({ cursor: "2" });
  now().error(new Event("close"));
  again();
  now().next({ cursor: "3" });
  expect(opened).toEqual([null, "2"]);
  expect(seen).toEqual(["1", "2", "3"]);
  expect(states).toEqual(["live", "live", "waiting", "live"]);
});

it("waits twice as long each time, at most 15 s, and from the start again after an event", () => {
  const { waits, now, again } = stream();
  for (let attempt = 0; attempt < 7; attempt += 1) {
    now().error(new Error("away"));
    again();
  }
  now().next({ cursor: "1" });
  now().error(new Error("away"));
  expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000, 500]);
});

it("is over when the server says so, and does not come back", () => {
  const { now, states, opened } = stream();
  now().complete();
  now().error(new Error("late"));
  expect(states).toEqual(["over"]);
  expect(opened).toHaveLength(1);
});

it("does not repeat what the server refused", () => {
  const { now, states, waits } = stream(() => true);
  now().error([{ message: "no such run" }]);
  expect([states, waits]).toEqual([["refused"], []]);
});

it("ends with the page: nothing is opened or said after", () => {
  const { end, now, again, opened, states, closed } = stream();
  end();
  now().error(new Error("closed"));
  again();
  expect([opened.length, states, closed()]).toEqual([1, [], 1]);
});
