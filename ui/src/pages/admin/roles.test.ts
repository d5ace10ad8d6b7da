import { expect, it } from "vitest";

import { ahead, counts, judgeId, roleLabel, shortCredential, confirmation } from "./roles";

const at = (expiresAt: string, revokedAt: string | null = null) => counts({ expiresAt, revokedAt }, Date.parse("2026-01-02T00:00:00+00:00"));

it("a credential counts until it expires or is ended", () => {
  expect([at("2026-01-03T00:00:00+00:00"), at("2026-01-01T00:00:00+00:00"), at("2026-01-03T00:00:00+00:00", "2026-01-01T12:00:00+00:00")]).toEqual([true, false, false]);
});

it("a blank judge id is none", () => expect([judgeId("  "), judgeId(" anna ")]).toEqual([null, "anna"]));

it("roles have names", () => expect(roleLabel("ADMIN")).toBe("Admin"));

it("what is ahead is said by how long", () => {
  const from = (hours: number) => ahead(new Date(Date.UTC(2026, 0, 1, hours)).toISOString(), Date.UTC(2026, 0, 1), "en");
  expect([from(0), from(7), from(80), from(24 * 60), from(-24)]).toEqual(["in 1 minute", "in 7 hours", "in 3 days", "Mar 2, 2026", "Dec 31, 2025"]);
});

it("ids are told apart by their random part", () => expect([shortCredential("session-0123456789ab"), shortCredential("abcdefghij")]).toEqual(["01234567", "abcdefgh"]));

it("a user is confirmed by the end of a random id, or by the whole of a short one", () => {
  expect(confirmation("user-0123456789abcdef01234567")).toBe("01234567");
  expect(confirmation("local-admin")).toBe("local-admin");
});
