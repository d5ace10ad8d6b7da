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

/** A judge's id as it is sent: nothing for a blank one. */
export const judgeId = (typed: string): string | null => typed.trim() || null;
