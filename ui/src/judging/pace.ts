/** How fast a judge goes: by what each answer took here, so that no clock has to be right. */

/** A pause is no part of the pace. */
export const LONGEST_MS = 5 * 60_000;
const MOST = 40;

export function withAnswer(times: readonly number[], ms: number): number[] {
  return ms > 0 && ms <= LONGEST_MS ? [...times, ms].slice(-MOST) : [...times];
}

/** Seconds an item, the median of the last ones; null before there are three. */
export function secondsAnItem(times: readonly number[]): number | null {
  if (times.length < 3) return null;
  const sorted = [...times].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
  return median / 1000;
}
