/** What a leaderboard says now that it did not say before. Pure. */

import { cellName, rankText, type Row } from "./board";

interface Seen {
  rank: string;
  score: number | null;
  /** The 95 % interval of the score, where one is known. */
  low: number | null;
  high: number | null;
}

export interface Change {
  /** The name that the cell has in the leaderboard. */
  cell: string;
  before: Seen;
  now: Seen;
  /** Null where the cell had no score before or has none now. */
  by: number | null;
}

const idOf = (row: Pick<Row, "model" | "prompt">) => `${row.model}/${row.prompt}`;
const NONE: Seen = { rank: "–", score: null, low: null, high: null };

/** The cells whose rank or score is another one, largest change of score first; those that came or went among them. */
export function changes(before: readonly Row[], now: readonly Row[]): Change[] {
  const [then, today] = [new Map(before.map((row) => [idOf(row), row])), new Map(now.map((row) => [idOf(row), row]))];
  const found = [...new Set([...today.keys(), ...then.keys()])].map((id) => {
    const row = (today.get(id) ?? then.get(id)) as Row;
    const [old, own] = [seen(then.get(id)), seen(today.get(id))];
    return { cell: cellName(row), before: old, now: own, by: old.score === null || own.score === null ? null : own.score - old.score };
  });
  return found
    .filter((each) => each.before.rank !== each.now.rank || Math.abs((each.before.score ?? -1e9) - (each.now.score ?? -1e9)) > 1e-9)
    .sort((a, b) => Math.abs(b.by ?? Infinity) - Math.abs(a.by ?? Infinity));
}

function seen(row: Row | undefined): Seen {
  return row ? { rank: rankText(row), score: row.score ?? null, low: row.low ?? null, high: row.high ?? null } : NONE;
}
