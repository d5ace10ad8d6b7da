/** What a leaderboard says now that it did not say before. Pure. */

import { rankText, type Row } from "./board";

export interface Change {
  cell: string;
  before: { rank: string; score: number | null };
  now: { rank: string; score: number | null };
  /** Null where the cell had no score before or has none now. */
  by: number | null;
}

const idOf = (row: Pick<Row, "model" | "prompt">) => `${row.model}/${row.prompt}`;
const NONE = { rank: "–", score: null };

/** The cells whose rank or score is another one, largest change of score first; those that came or went among them. */
export function changes(before: readonly Row[], now: readonly Row[]): Change[] {
  const [then, today] = [new Map(before.map((row) => [idOf(row), row])), new Map(now.map((row) => [idOf(row), row]))];
  const found = [...new Set([...today.keys(), ...then.keys()])].map((cell) => {
    const [old, own] = [seen(then.get(cell)), seen(today.get(cell))];
    return { cell, before: old, now: own, by: old.score === null || own.score === null ? null : own.score - old.score };
  });
  return found
    .filter((each) => each.before.rank !== each.now.rank || Math.abs((each.before.score ?? -1e9) - (each.now.score ?? -1e9)) > 1e-9)
    .sort((a, b) => Math.abs(b.by ?? Infinity) - Math.abs(a.by ?? Infinity));
}

function seen(row: Row | undefined): Change["now"] {
  return row ? { rank: rankText(row), score: row.score ?? null } : NONE;
}
