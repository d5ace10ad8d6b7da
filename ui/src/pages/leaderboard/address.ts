/** What the address of a leaderboard says, as the API takes it. Pure. */

export function boardVariables(name: string, search: URLSearchParams): { name: string; criterion: string | null; at: string | null } {
  return { name, criterion: search.get("criterion") || null, at: search.get("at") || null };
}
