/** What could not be read is read again by itself: later each time, and not for ever. */

import type { CombinedError, Exchange, Operation, OperationResult } from "@urql/core";
import { mapExchange } from "@urql/core";

/** The first wait, twice as long after each failure up to the longest: the last try is about ten minutes after the first. */
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
export const TRIES = 24;

/** A proxy before a server that is away answers for it. */
const AWAY = [502, 503, 504];

/** Nothing waits; something is read again by itself; something is not read again before somebody wants it. */
export type State = "none" | "waiting" | "given up";

interface Unread {
  again: () => void;
  tries: number;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** The milliseconds before try number `tries`, counted from 0; `chance` in [0, 1) spreads what failed in one moment. */
export function waitBefore(tries: number, chance: number): number {
  return Math.min(FIRST_WAIT_MS * 2 ** tries, LONGEST_WAIT_MS) * (0.75 + chance / 2);
}

/** Whether the server was not reached, which another try may change; what it answered itself is no such thing. */
export function isAway(error: Pick<CombinedError, "networkError" | "response"> | undefined): boolean {
  if (!error?.networkError) return false;
  const status = (error.response as Response | undefined)?.status;
  return status === undefined || AWAY.includes(status);
}

/** Those who could not be read, by a key each, and when each is read again. */
export class Retrying {
  private readonly unread = new Map<unknown, Unread>();
  private readonly listeners = new Set<() => void>();
  private state: State = "none";

  constructor(private readonly chance: () => number = Math.random) {}

  /** It failed once more: read it again after the next wait, if it is not given up by now. */
  failed(key: unknown, again: () => void): void {
    const tries = this.unread.get(key)?.tries ?? 0;
    this.settled(key);
    const each: Unread = { again, tries: tries + 1, timer: undefined };
    if (tries < TRIES) {
      each.timer = setTimeout(() => {
        each.timer = undefined;
        again();
      }, waitBefore(tries, this.chance()));
    }
    this.unread.set(key, each);
    this.look();
  }

  /** It was read, or nobody looks at it any more. */
  settled(key: unknown): void {
    clearTimeout(this.unread.get(key)?.timer);
    if (this.unread.delete(key)) this.look();
  }

  /** Read everything again at once, and count its tries anew. */
  now(): void {
    for (const each of this.unread.values()) {
      clearTimeout(each.timer);
      each.timer = undefined;
      each.tries = 0;
    }
    this.look();
    [...this.unread.values()].forEach(({ again }) => again());
  }

  get = (): State => this.state;

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  private look(): void {
    const all = [...this.unread.values()];
    const next = !all.length ? "none" : all.some(({ tries }) => tries <= TRIES) ? "waiting" : "given up";
    if (next === this.state) return;
    this.state = next;
    this.listeners.forEach((listener) => listener());
  }
}

/** That of the panel. */
export const retrying = new Retrying();

type Operations = Parameters<ReturnType<Exchange>>[0];

/** What flows through, with a look at each; urql's own exchanges show no end of an operation. */
function seen(operations: Operations, look: (operation: Operation) => void): Operations {
  return (sink) =>
    operations((signal) => {
      if (signal !== 0 && signal.tag === 1) look(signal[0]);
      sink(signal);
    });
}

/** Queries whose server was not reached are read again while a page shows them; a change is never sent again. */
export function retryingExchange(store: Retrying, again: (operation: Operation) => void): Exchange {
  const results = mapExchange({
    onResult({ operation, error }: OperationResult) {
      if (operation.kind !== "query") return;
      if (isAway(error)) store.failed(operation.key, () => again(operation));
      else store.settled(operation.key);
    },
  });
  return (input) => {
    const through = results(input);
    return (operations) => through(seen(operations, ({ kind, key }) => kind === "teardown" && store.settled(key)));
  };
}
