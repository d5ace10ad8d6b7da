import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

const SOURCES = join(import.meta.dirname, "..");
const PARTS = join(SOURCES, "..", "node_modules", "@mantine", "core", "esm", "components");

/** Names of the components that a source imports from Mantine; types, hooks and functions have none. */
function imported(text: string): string[] {
  return [...text.matchAll(/import \{([^}]*)\} from "@mantine\/core"/g)]
    .flatMap((found) => (found[1] ?? "").split(","))
    .map((name) => name.trim().replace(/ as .*/, ""))
    .filter((name) => /^[A-Z]/.test(name) && name !== "MantineProvider");
}

/** Stylesheets that a file of Mantine needs, with those of what it imports itself. */
function needed(file: string, seen = new Map<string, string | null>()): Map<string, string | null> {
  if (seen.has(file)) return seen;
  const sheet = /([A-Za-z]+)\.module\.mjs$/.exec(file)?.[1] ?? null;
  seen.set(file, sheet);
  for (const [, path = ""] of readFileSync(file, "utf8").matchAll(/from\s*"(\.[^"]+\.mjs)"/g)) needed(join(file, "..", path), seen);
  return seen;
}

describe("the sheets of Mantine", () => {
  it("are there for every part that a page uses", () => {
    const files = readdirSync(SOURCES, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".tsx"));
    const parts = new Set(files.flatMap((name) => imported(readFileSync(join(SOURCES, name), "utf8"))));
    const sheets = [...parts].flatMap((name) => [...needed(join(PARTS, name, `${name}.mjs`)).values()]).filter((name) => name !== null);
    const given = new Set([...readFileSync(join(SOURCES, "app", "mantine.ts"), "utf8").matchAll(/styles\/(\w+)\.css/g)].map((found) => found[1]));
    expect(parts).toContain("Select");
    expect(sheets.filter((name) => !given.has(name))).toEqual([]);
  });
});
