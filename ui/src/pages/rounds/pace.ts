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

/** Whether judges can answer it now or in some seconds. */
export function takesAnswers(round: { state: string }): boolean {
  return round.state === "open" || round.state === "preparing";
}

/** Whether every item of a round has an answer. */
export function isAnswered(round: { answered: number; total: number }): boolean {
  return round.total > 0 && round.answered >= round.total;
}

/** As many judges as are offered: who has more finds the others by typing. */
const MOST_OFFERED = 12;

/** Judges on record for whom a round can be opened: those that are no program, and have none open. */
export function waiting<Judge extends { judge: string; kind: string }>(judges: readonly Judge[], busy: readonly string[]): Judge[] {
  return judges.filter((each) => each.kind !== "program" && !busy.includes(each.judge)).slice(0, MOST_OFFERED);
}

/** The largest file that the server takes of an admin, as it says itself; a test holds both to be the same. */
export const LARGEST_MB = 512;

/** What is wrong with a file before it is sent, null for one that can be. */
export function refusedFile(file: { name: string; size: number }): string | null {
  if (!/\.(jsonl|json|csv|txt|md)$/i.test(file.name)) return "Choose a file of answers: JSON lines or CSV, as in the judge's folder.";
  if (file.size === 0) return "The file is empty.";
  if (file.size <= LARGEST_MB * 2 ** 20) return null;
  return `The file has ${megabytes(file.size)} MB, and ${LARGEST_MB} MB is the most that the server takes: split it. Nothing was sent.`;
}

/** Bytes as megabytes, a part of one as a whole one. */
export function megabytes(bytes: number): number {
  return Math.ceil(bytes / 2 ** 20);
}

/** How far a file is on its way, in words. */
export function onItsWay(sent: number, size: number): string {
  if (sent < size) return `${Math.floor(sent / 2 ** 20)} of ${megabytes(size)} MB sent.`;
  return "All of it is sent, and the server checks it: a minute at most.";
}
