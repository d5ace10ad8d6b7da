/** The rows of a leaderboard as shown: their names, order, scale and text. Pure. */

import type { BoardRowFragment } from "../../gql/graphql";
import { counted, range, score, share } from "../../lib/format";

export interface Criterion {
  name: string;
  score?: number | null;
  low?: number | null;
  high?: number | null;
}
/** A slice's row has no criteria: there may be hundreds of rows. */
export type Row = BoardRowFragment & { criteria?: Criterion[]; gateScenarios?: (number | null)[]; slice?: string | null; sliceValue?: string | null };
export type SortKey = "rank" | "cell" | "score" | "diff" | "coverage" | "length" | "cost" | "latency";

/** The label that a cell came with, or MODEL / PROMPT. */
export function cellName(row: Pick<Row, "model" | "prompt" | "title">): string {
  return row.title ?? `${row.model} / ${row.prompt}`;
}

/** "1", "1–6", or a dash without a score. */
export function rankText(row: Pick<Row, "rankLow" | "rankHigh">): string {
  if (row.rankLow === null || row.rankLow === undefined || row.rankHigh === null || row.rankHigh === undefined) return "–";
  return row.rankLow === row.rankHigh ? String(row.rankLow) : `${row.rankLow}–${row.rankHigh}`;
}

/** A number and its interval in words; a second dash says nothing more of what has no number. */
export function scoreTexts(value: number | null | undefined, low: number | null | undefined, high: number | null | undefined): [string, string] {
  return [score(value), typeof value === "number" ? range(low, high) : ""];
}

/** The share of scenarios in which a gate was passed; a gate that may need something of a scenario is asked of those that have it. */
export function gateTexts(found: Omit<Criterion, "name">, scenarios: number | null | undefined): [string, string] {
  if (typeof found.score !== "number") return ["–", scenarios ? "" : "asked of no scenario"];
  const of = `of ${counted(scenarios ?? 0, "scenario")}`;
  return [`${share(found.score)} yes`, typeof found.low === "number" && typeof found.high === "number" ? `${share(found.low)} to ${share(found.high)} ${of}` : of];
}

const VALUE: Record<Exclude<SortKey, "rank" | "cell">, (row: Row) => number | null | undefined> = {
  score: (row) => row.score,
  diff: (row) => row.diff,
  coverage: (row) => row.coverage,
  length: (row) => row.meanLength,
  cost: (row) => row.costPer1k,
  latency: (row) => row.latencyP95Ms,
};
/** What is better when it is less begins with the least. */
const SMALL_FIRST = new Set<SortKey>(["cost", "latency", "length"]);

/** Rows in an order, the best first or last; what is not known is always last; ties keep the leaderboard's order. */
export function ordered(rows: readonly Row[], key: SortKey, isReversed: boolean): Row[] {
  if (key === "rank") return isReversed ? [...rows].reverse() : [...rows];
  if (key === "cell") {
    const sign = isReversed ? -1 : 1;
    return [...rows].sort((a, b) => sign * cellName(a).localeCompare(cellName(b), "en", { numeric: true }));
  }
  const value = VALUE[key];
  const sign = SMALL_FIRST.has(key) !== isReversed ? 1 : -1;
  return [...rows].sort((a, b) => {
    const [x, y] = [value(a) ?? null, value(b) ?? null];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return sign * (x - y);
  });
}

/** The least and the greatest end of all intervals, so that bars of one table share a scale; null without any. */
export function extent(ranges: readonly (readonly [number | null | undefined, number | null | undefined])[]): [number, number] | null {
  const ends = ranges.flat().filter((end): end is number => typeof end === "number" && Number.isFinite(end));
  if (!ends.length) return null;
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  return low === high ? [low - 0.5, high + 0.5] : [low, high];
}

/** Where a value lies between two ends, as a share of 100. */
export function placed(value: number, [low, high]: readonly [number, number]): number {
  return (100 * (value - low)) / (high - low);
}

/** The cells that no other beats in score at the same or a lower price, by price; cells that lack either are left out. */
export function paretoFront<T>(cells: readonly T[], priceOf: (cell: T) => number | null | undefined, scoreOf: (cell: T) => number | null | undefined): T[] {
  const known = cells.filter((cell) => typeof priceOf(cell) === "number" && typeof scoreOf(cell) === "number");
  const sorted = [...known].sort((a, b) => (priceOf(a) as number) - (priceOf(b) as number) || (scoreOf(b) as number) - (scoreOf(a) as number));
  const front: T[] = [];
  let best = -Infinity;
  for (const cell of sorted) {
    const score = scoreOf(cell) as number;
    if (score > best) {
      front.push(cell);
      best = score;
    }
  }
  return front;
}

const COLUMNS = [
  "model", "prompt", "title", "slice", "sliceValue", "judgeKind", "score", "low", "high", "rankLow", "rankHigh", "diff", "diffLow", "diffHigh",
  "pHolm", "pBh", "nScenarios", "nJudges", "nScored", "nPending", "nFailed", "nRefused", "nCut", "nUnscorable", "nJudgeFailed", "coverage", "provisional",
  "meanLength", "tokens", "costPer1k", "latencyP50Ms", "latencyP95Ms",
] as const;

/** CSV of rows as a spreadsheet opens it: numbers not rounded, unknown left empty, no text that it takes for a formula. */
export function csv(rows: readonly Row[]): string {
  const criteria = rows[0]?.criteria?.map((each) => each.name) ?? [];
  const head = [...COLUMNS, "marks", ...criteria.flatMap((name) => [name, `${name} low`, `${name} high`])];
  const lines = rows.map((row) => [
    ...COLUMNS.map((column) => row[column]),
    row.marks.join(" "),
    ...criteria.flatMap((name) => {
      const found = row.criteria?.find((each) => each.name === name);
      return [found?.score, found?.low, found?.high];
    }),
  ]);
  return [head, ...lines].map((line) => line.map(field).join(",")).join("\r\n") + "\r\n";
}

function field(value: string | number | boolean | null | undefined): string {
  if (value === null || value === undefined) return "";
  if (typeof value !== "string") return String(value);
  const inert = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}

/** What each mark means, in a sentence. */
export const MARKS: Record<string, string> = {
  near_ceiling: "Half or more of the means are at the top of the scale: better cells could not show it.",
  too_few: "Too few scenarios for an interval.",
  all_equal: "All scores are equal, so that nothing is known of how they vary.",
  not_estimable: "The interval could not be estimated.",
  crowded: "Scores crowd at an end of the scale, or have one long tail: the interval is made wider for it.",
  other_scenarios: "It rests on other scenarios than the cells that it is compared with.",
  uneven_judges: "Judges saw different parts of it than of the others.",
  own_family: "A judge's model is of the family of this cell's model.",
};

/** The address of a view with the snapshot that it shows; of what was computed just now, null, the address as it is. */
export function reproducing(address: string, snapshot: string | null): string {
  const url = new URL(address);
  if (snapshot && !url.searchParams.has("at")) url.searchParams.set("at", snapshot);
  return url.href;
}
