/** Where a judge is in a round, which several tabs of one judge write. Pure. */

import type { Draft } from "./model";

/** Where a judge was in a round. */
export interface Place {
  at: number | null;
  drafts: Record<string, Draft>;
  skipped: string[];
  times: number[];
}

const NOWHERE: Place = { at: null, drafts: {}, skipped: [], times: [] };

/** What lies there with what this tab changed since it last knew of it: no tab takes back what another one did. */
export function merged(there: Place | null, known: Place | null, now: Place): Place {
  if (!there) return now;
  const before = known ?? NOWHERE;
  const drafts = { ...there.drafts };
  for (const [item, draft] of Object.entries(now.drafts)) if (!isSame(draft, before.drafts[item])) drafts[item] = draft;
  for (const item of Object.keys(before.drafts)) if (!(item in now.drafts)) delete drafts[item];
  const undone = new Set(before.skipped.filter((item) => !now.skipped.includes(item)));
  const skipped = [...new Set([...there.skipped, ...now.skipped.filter((item) => !before.skipped.includes(item))])].filter((item) => !undone.has(item));
  return {
    at: now.at === before.at ? there.at : now.at,
    drafts,
    skipped,
    times: isSame(now.times, before.times) ? there.times : now.times,
  };
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
