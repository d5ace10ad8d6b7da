/** The server's time, by the `Date` header of its answers: a viewer's clock that is off changes no age. */

/** The header has whole seconds, and an answer takes a while: what is off by less is no fault of a clock. */
const TOLERATED_MS = 5_000;

let offset = 0;

/** Take the time that an answer was given at; `now` is this computer's. */
export function heard(date: string | null, now: number): void {
  const server = date === null ? Number.NaN : Date.parse(date);
  if (Number.isNaN(server)) return;
  offset = Math.abs(server - now) > TOLERATED_MS ? server - now : 0;
}

/** Milliseconds since 1970 on the server's clock. */
export function serverNow(now = Date.now()): number {
  return now + offset;
}
