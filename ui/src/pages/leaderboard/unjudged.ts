/** What is said of answers that are given and not yet part of the leaderboard. Pure. */

import { count } from "../../lib/format";

interface Round {
  judge: string;
  answered: number;
  total: number;
}

/** "10 of 12 by anna, 3 of 12 by bert", null where nobody has answered yet. */
export function underWay(rounds: readonly Round[]): string | null {
  const begun = rounds.filter((round) => round.answered > 0);
  if (!begun.length) return null;
  return begun.map((round) => `${count(round.answered)} of ${count(round.total)} by ${round.judge}`).join(", ");
}
