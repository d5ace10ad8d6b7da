import { expect, it } from "vitest";

import { counts, judgeId, roleLabel } from "./roles";

const at = (expiresAt: string, revokedAt: string | null = null) => counts({ expiresAt, revokedAt }, Date.parse("2026-01-02T00:00:00+00:00"));

it("a credential counts until it expires or is ended", () => {
  expect([at("2026-01-03T00:00:00+00:00"), at("2026-01-01T00:00:00+00:00"), at("2026-01-03T00:00:00+00:00", "2026-01-01T12:00:00+00:00")]).toEqual([true, false, false]);
});

it("a blank judge id is none", () => expect([judgeId("  "), judgeId(" anna ")]).toEqual([null, "anna"]));

it("roles have names", () => expect(roleLabel("ADMIN")).toBe("Admin"));
