/** What waits to be sent: each change once and in order, over lost connections, ended sessions and closed tabs. */

import type { Change } from "./model";

/** A change with the number under which it is stored. */
export interface Waiting {
  id: number;
  change: Change;
}

/** Where waiting changes lie; those of one judge in one round. */
export interface QueueStore {
  all(): Promise<Waiting[]>;
  add(change: Change): Promise<void>;
  remove(id: number): Promise<void>;
}

/** What the server made of a change: done, never to be taken, to be tried again, or not before somebody signs in. */
export type Outcome =
  | { kind: "done" }
  | { kind: "refused"; message: string; closed: boolean }
  | { kind: "later"; message: string }
  | { kind: "signedOut" };

export type Send = (change: Change) => Promise<Outcome>;

export interface Told {
  /** How many wait, and why nothing is sent just now. */
  waiting(count: number, reason: string | null): void;
  signedOut(): void;
  /** Awaited before the change leaves the store, so that a tab closed in between loses nothing. */
  refused(change: Change, message: string, closed: boolean): void | Promise<void>;
}

export const PAUSES_MS = [500, 1_000, 2_000, 4_000, 8_000, 15_000] as const;

/** Sends what waits, one after another; `pause` ends after the time, or sooner when it is worth another try. */
export async function drain(store: QueueStore, send: Send, told: Told, pause: (ms: number) => Promise<void>): Promise<void> {
  let failures = 0;
  for (;;) {
    const all = await store.all();
    const [first] = all;
    told.waiting(all.length, null);
    if (!first) return;
    const outcome = await send(first.change);
    if (outcome.kind === "later") {
      told.waiting((await store.all()).length, outcome.message);
      await pause(PAUSES_MS[Math.min(failures, PAUSES_MS.length - 1)] ?? 15_000);
      failures += 1;
      continue;
    }
    if (outcome.kind === "signedOut") {
      told.waiting((await store.all()).length, "signed out");
      told.signedOut();
      return;
    }
    failures = 0;
    if (outcome.kind === "refused") await told.refused(first.change, outcome.message, outcome.closed);
    await store.remove(first.id);
  }
}
