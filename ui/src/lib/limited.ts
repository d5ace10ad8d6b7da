/** What the server says to who asked too much at once. */

import type { CombinedError } from "urql";

/** The seconds after which the server takes more of somebody who asked too much at once; null for other answers. */
export function secondsToWait(error: Pick<CombinedError, "graphQLErrors"> | undefined): number | null {
  const limited = error?.graphQLErrors.find((each) => each.extensions["code"] === "RATE_LIMITED");
  if (!limited) return null;
  const named = Number(limited.extensions["retryAfter"]);
  return named > 0 ? Math.min(named, 60) : 1;
}
