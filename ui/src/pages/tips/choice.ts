/** What the address of the tips says, as the API takes it. Pure. */

import type { TipFilter, TipSort } from "../../gql/graphql";

export const ORDERS = [
  { value: "worst", label: "Worst first" },
  { value: "best", label: "Best first" },
  { value: "apart", label: "Judges furthest apart" },
  { value: "situation", label: "By situation" },
  { value: "slow", label: "Slowest first" },
  { value: "dear", label: "Dearest first" },
];
const SORTS: Record<string, { sort: TipSort; descending: boolean }> = {
  worst: { sort: "SCORE", descending: false },
  best: { sort: "SCORE", descending: true },
  apart: { sort: "DISAGREEMENT", descending: true },
  situation: { sort: "SCENARIO", descending: false },
  slow: { sort: "LATENCY_MS", descending: true },
  dear: { sort: "COST", descending: true },
};
export const SHOWN = [
  { value: "", label: "All" },
  { value: "failed", label: "Without a tip" },
];

export function tipArguments(search: URLSearchParams, typed: string): { where: TipFilter; sort: TipSort; descending: boolean } {
  const where: TipFilter = {};
  if (typed.trim()) where.search = typed.trim();
  if (search.get("shown") === "failed") where.failed = true;
  const cell = search.get("cell") ?? "";
  const cut = cell.lastIndexOf("/");
  if (cut > 0) {
    where.model = cell.slice(0, cut);
    where.prompt = cell.slice(cut + 1);
  }
  return { where, ...(SORTS[search.get("order") ?? ""] ?? (SORTS["worst"] as { sort: TipSort; descending: boolean })) };
}

/** Few at first, which are there sooner. */
export const FIRST_PAGE = 60;

/** What is asked of the list for its first page. */
export function firstTips(name: string, search: URLSearchParams) {
  return { name, first: FIRST_PAGE, after: null, ...tipArguments(search, search.get("search") ?? "") };
}
