/** Pairs of cells as a table of rows against columns. Pure. */

import type { CellPairsQuery } from "../../gql/graphql";
import type { Row } from "./board";

type Pair = Omit<CellPairsQuery["cellPairs"][number], "__typename">;

export interface Meeting {
  verdict: "better" | "worse" | "open";
  /** The row's score minus the column's, with its 95 % interval. */
  diff: number;
  low: number | null;
  high: number | null;
  p: number | null;
}

/** For each row the meeting with each column; null for a cell with itself, and where nothing is known. */
export function matrix(rows: readonly Pick<Row, "model" | "prompt">[], pairs: readonly Pair[]): (Meeting | null)[][] {
  const known = new Map<string, Meeting>();
  for (const pair of pairs) {
    const [low, high] = [pair.low ?? null, pair.high ?? null];
    const verdict = !pair.separated ? "open" : pair.diff > 0 ? "better" : "worse";
    const p = pair.pHolm ?? null;
    known.set(`${pair.cell}\n${pair.other}`, { verdict, diff: pair.diff, low, high, p });
    const turned = { open: "open", better: "worse", worse: "better" } as const;
    known.set(`${pair.other}\n${pair.cell}`, {
      verdict: turned[verdict],
      diff: -pair.diff,
      low: high === null ? null : -high,
      high: low === null ? null : -low,
      p,
    });
  }
  const names = rows.map((row) => `${row.model}/${row.prompt}`);
  return names.map((one) => names.map((other) => known.get(`${one}\n${other}`) ?? null));
}
