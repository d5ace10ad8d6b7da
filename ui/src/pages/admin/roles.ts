/** Roles as people read them, and which credentials still count. */

import type { CredentialLineFragment, Role } from "../../gql/graphql";

export const ROLES: { value: Role; label: string }[] = [
  { value: "USER", label: "User" },
  { value: "JUDGE", label: "Judge" },
  { value: "ADMIN", label: "Admin" },
];

export const roleLabel = (role: Role): string => ROLES.find((each) => each.value === role)?.label ?? role;

type Credential = Pick<CredentialLineFragment, "revokedAt" | "expiresAt">;

/** Whether a session or token still counts at `now`, in milliseconds. */
export function counts(credential: Credential, now: number): boolean {
  return !credential.revokedAt && Date.parse(credential.expiresAt) > now;
}

/** "in 7 hours", "in 3 days"; the date beyond a month, and for what is past. */
export function ahead(at: string, now: number, locale?: string): string {
  const hours = (Date.parse(at) - now) / 3_600_000;
  const format = new Intl.RelativeTimeFormat(locale ?? "en", { numeric: "always" });
  if (hours < 0 || hours > 24 * 30) return new Intl.DateTimeFormat(locale, { dateStyle: "medium" }).format(Date.parse(at));
  if (hours < 1) return format.format(Math.max(1, Math.round(hours * 60)), "minute");
  return hours < 36 ? format.format(Math.round(hours), "hour") : format.format(Math.round(hours / 24), "day");
}

/** The part of a credential's id that tells it from others, without the word for its kind. */
export const shortCredential = (id: string): string => id.replace(/^(session|token)-/, "").slice(0, 8);

/** What is typed to confirm that this user is meant: the end of a random id, or the whole of a short one. */
export const confirmation = (id: string): string => (id.length > 16 ? id.slice(-8) : id);

/** A judge's id as it is sent: nothing for a blank one. */
export const judgeId = (typed: string): string | null => typed.trim() || null;
