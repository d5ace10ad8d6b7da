/** What the address says of the audit log, and an entry's details in order. */

import type { AuditFilter } from "../../gql/graphql";

export const FILTERS = [
  { name: "actor", label: "Who", hint: "a user's whole id" },
  { name: "operation", label: "What", hint: "grantRole" },
  { name: "target", label: "To", hint: "a name or id" },
  { name: "outcome", label: "Outcome", hint: "done" },
] as const;

/** The filter of an address, null where it asks for everything. */
export function auditFilter(params: URLSearchParams): AuditFilter | null {
  const given = FILTERS.flatMap(({ name }) => {
    const value = params.get(name)?.trim();
    return value ? [[name, name === "outcome" ? outcome(value) : value] as const] : [];
  });
  return given.length ? Object.fromEntries(given) : null;
}

/** `not found` as NOT_FOUND, and `done` as it is. */
function outcome(typed: string): string {
  return typed.toLowerCase() === "done" ? "done" : typed.toUpperCase().replaceAll(/[\s-]+/g, "_");
}

interface Details {
  id: number;
  requestId: string;
  inputHash: string;
  before: unknown;
  after: unknown;
}

/** What an entry holds beside its row, as pairs to show. */
export function changes(entry: Details): [string, string][] {
  const pairs = (of: unknown, when: string) => Object.entries((of ?? {}) as Record<string, unknown>).map(([name, value]): [string, string] => [`${name} ${when}`, String(value)]);
  return [["entry", String(entry.id)], ["request", entry.requestId], ["arguments", entry.inputHash], ...pairs(entry.before, "before"), ...pairs(entry.after, "after")];
}
