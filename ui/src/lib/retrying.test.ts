import { cacheExchange, createClient, fetchExchange, gql, type Client, type Operation } from "@urql/core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { isAway, Retrying, retryingExchange, TRIES, waitBefore } from "./retrying";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const NAMES = gql("{ names }");
const RENAME = gql("mutation { rename }");

/** A client of a server that is away until `back` is called, and what reached it. */
function restarting(status?: number) {
  const store = new Retrying(() => 0.5);
  let sent = 0;
  let isBack = false;
  const client: Client = createClient({
    url: "http://server/graphql",
    preferGetMethod: false,
    fetch: async () => {
      sent += 1;
      if (isBack) return new Response('{"data": {"names": ["one"]}}', { headers: { "Content-Type": "application/json" } });
      if (status) return new Response("away", { status });
      throw new TypeError("Failed to fetch");
    },
    exchanges: [cacheExchange, retryingExchange(store, (operation: Operation) => again(operation)), fetchExchange],
  });
  const again = ({ kind: _, ...operation }: Operation) =>
    client.reexecuteOperation(client.createRequestOperation("query", operation, { ...operation.context, requestPolicy: "network-only" }));
  const shown: unknown[] = [];
  const look = () => client.query(NAMES, {}).subscribe(({ data }) => shown.push(data?.names ?? null)).unsubscribe;
  return { store, client, look, shown, sent: () => sent, back: () => void (isBack = true) };
}

test("a query of a server that restarts is read again, later each time, until it is answered", async () => {
  const { store, look, shown, sent, back } = restarting();
  look();
  await vi.advanceTimersByTimeAsync(0);
  expect([sent(), store.get()]).toEqual([1, "waiting"]);
  await vi.advanceTimersByTimeAsync(3_000);
  expect(sent()).toBe(3);
  back();
  await vi.advanceTimersByTimeAsync(4_000);
  expect([sent(), store.get()]).toEqual([4, "none"]);
  expect(shown.at(-1)).toEqual(["one"]);
  await vi.runAllTimersAsync();
  expect(sent()).toBe(4);
});

test("a server that stays away is given up after some ten minutes, and tried again where somebody wants it", async () => {
  const { store, look, shown, sent, back } = restarting(503);
  look();
  await vi.advanceTimersByTimeAsync(9 * 60_000);
  expect(store.get()).toBe("waiting");
  await vi.advanceTimersByTimeAsync(3 * 60_000);
  expect([sent(), store.get()]).toEqual([1 + TRIES, "given up"]);
  expect(vi.getTimerCount()).toBe(0);
  store.now();
  await vi.advanceTimersByTimeAsync(0);
  expect([sent(), store.get()]).toEqual([2 + TRIES, "waiting"]);
  back();
  await vi.runAllTimersAsync();
  expect([shown.at(-1), store.get()]).toEqual([["one"], "none"]);
});

test("what no page shows any more is not read again", async () => {
  const { store, look, sent } = restarting();
  const leave = look();
  await vi.advanceTimersByTimeAsync(0);
  leave();
  expect(store.get()).toBe("none");
  await vi.runAllTimersAsync();
  expect(sent()).toBe(1);
});

test("a change is sent once, whatever becomes of it", async () => {
  const { store, client, sent } = restarting();
  const result = await client.mutation(RENAME, {}).toPromise();
  await vi.runAllTimersAsync();
  expect([result.error?.networkError?.message, sent(), store.get()]).toEqual(["Failed to fetch", 1, "none"]);
});

test("what the server answered itself is no reason to try again", async () => {
  const { store, look, sent } = restarting(500);
  look();
  await vi.runAllTimersAsync();
  expect([sent(), store.get()]).toEqual([1, "none"]);
  expect(isAway(undefined)).toBe(false);
});

test("a wait is at most half a minute and a quarter of it, whatever the chance", () => {
  expect([0, 1, 2, 3, 4, 5, 23].map((tries) => waitBefore(tries, 0.5))).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  expect([waitBefore(0, 0), waitBefore(40, 1)]).toEqual([750, 37_500]);
});
