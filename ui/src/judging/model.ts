/** What a judge works on, as the API gives it and as the page holds it. */

export interface Criterion {
  name: string;
  description: string;
  yesNo: boolean;
  gate: boolean;
  /** The field of a scenario without which it is not asked. */
  needs: string | null;
  low: number;
  high: number;
  anchors: readonly { level: string; text: string }[];
}

/** An answer: a value for each criterion, or why there is none. */
export interface Given {
  scores: Readonly<Record<string, number>> | null;
  unscorable: string | null;
  comment: string | null;
}

export interface Item {
  item: string;
  /** Where it stands in the judge's order, from 1. */
  place: number;
  scenario: Readonly<Record<string, unknown>>;
  tip: string;
  answer: Given | null;
  /** Why the judge has flagged it for the admins. */
  flag: string | null;
}

/** What is typed of an answer that is not given yet. */
export interface Draft {
  scores: Readonly<Record<string, number>>;
  comment: string;
}

/** A change that the server has to hear of. */
export type Change =
  | { kind: "answer"; item: string; key: string; given: Given }
  | { kind: "takeBack"; item: string; key: string }
  /** Tells the admins of an item; no reason takes that back. */
  | { kind: "flag"; item: string; reason: string | null };

/** Whether an item is to be judged by a criterion: it needs nothing, or the scenario has what it needs. */
export function isAsked(criterion: Criterion, item: Item): boolean {
  return criterion.needs === null || hasWords(item.scenario[criterion.needs]);
}

function hasWords(value: unknown): boolean {
  if (typeof value === "string") return value.trim() !== "";
  if (typeof value === "object" && value !== null) return Object.values(value).some(hasWords);
  return value !== undefined && value !== null;
}

/** The values that are chosen from; empty where there are too many for buttons. */
export function levelsOf(criterion: Criterion): number[] {
  if (criterion.yesNo) return [1, 0];
  const { low, high } = criterion;
  const count = high - low + 1;
  return Number.isInteger(low) && Number.isInteger(high) && count <= 11 ? Array.from({ length: count }, (_, n) => low + n) : [];
}

export function sameGiven(one: Given | null, other: Given | null): boolean {
  if (!one || !other) return one === other;
  const names = Object.keys({ ...one.scores, ...other.scores });
  return (
    one.unscorable === other.unscorable &&
    (one.comment ?? "") === (other.comment ?? "") &&
    !one.scores === !other.scores &&
    names.every((name) => one.scores?.[name] === other.scores?.[name])
  );
}
