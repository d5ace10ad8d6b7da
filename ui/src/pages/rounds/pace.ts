/** How far a round is, and when it ends if it goes on as it does. */

export interface Going {
  state: string;
  total: number;
  answered: number;
  pace?: { seconds?: number | null; lastAt: string } | null;
}

/** A judge who has said nothing for so long has paused. */
const PAUSED_S = 30 * 60;

/** Seconds of work that are left, null where nothing is known of the pace. */
export function workLeft(round: Going): number | null {
  const seconds = round.pace?.seconds;
  return seconds === null || seconds === undefined ? null : seconds * Math.max(0, round.total - round.answered);
}

/** Whether the judge is at work, by the server's time of the last answer; a clock that is off by a little is no matter. */
export function isAtWork(round: Going, now: number): boolean {
  return Boolean(round.pace) && round.state === "open" && Math.abs(now - Date.parse(round.pace?.lastAt ?? "")) < PAUSED_S * 1000;
}

/** When all is answered at this pace without a pause; null for one that is not at work, or has no pace. */
export function expectedEnd(round: Going, now: number): Date | null {
  const left = workLeft(round);
  return left === null || left === 0 || !isAtWork(round, now) ? null : new Date(now + left * 1000);
}

/** What is wrong with a file before it is sent, null for one that can be. */
export function refusedFile(file: { name: string; size: number }): string | null {
  if (!/\.(jsonl|json|csv|txt|md)$/i.test(file.name)) return "Choose a file of answers: JSON lines or CSV, as in the judge's folder.";
  if (file.size === 0) return "The file is empty.";
  return file.size > 512 * 1024 * 1024 ? "The file has more than 512 MB: split it." : null;
}
