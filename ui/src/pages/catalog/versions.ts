/** Versions of the catalog's entries: their natural order, and the next one that is free. */

export interface Versioned {
  name: string;
  version: string;
}

/** Versions as the API orders them: 10 comes after 9, numbers after words. */
export function byVersion(one: string, other: string): number {
  const [left, right] = [parts(one), parts(other)];
  for (let place = 0; place < Math.max(left.length, right.length); place += 1) {
    const [mine, theirs] = [left[place], right[place]];
    if (mine === undefined || theirs === undefined) return mine === undefined ? -1 : 1;
    const [isNumber, isOther] = [/^\d/.test(mine), /^\d/.test(theirs)];
    if (isNumber !== isOther) return isNumber ? 1 : -1;
    if (mine !== theirs) return isNumber ? Number(mine) - Number(theirs) : mine < theirs ? -1 : 1;
  }
  return 0;
}

function parts(version: string): string[] {
  return version.match(/\d+|\D+/g) ?? [];
}

/** Entries by name, the names in order, each with its versions, the newest first. */
export function byName<Entry extends Versioned>(entries: readonly Entry[]): Entry[][] {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) groups.set(entry.name, [...(groups.get(entry.name) ?? []), entry]);
  const sorted = [...groups.entries()].sort(([one], [other]) => (one < other ? -1 : 1));
  return sorted.map(([, versions]) => versions.sort((one, other) => byVersion(other.version, one.version)));
}

/** The version that follows all of these: the newest with its last number raised, else with 2 behind it. */
export function nextVersion(versions: readonly string[]): string {
  const newest = [...versions].sort(byVersion).at(-1);
  if (newest === undefined) return "1";
  let number = Number(/\d+$/.exec(newest)?.[0] ?? 1);
  for (;;) {
    number += 1;
    const next = newest.replace(/\d*$/, String(number));
    if (!versions.includes(next)) return next;
  }
}

/** The text of a prompt or rubric with another version in it; as it is where it names none. */
export function withVersion(text: string, version: string): string {
  return text.replace(/^(\s*version\s*=\s*)(["']).*?\2/m, (_, start: string) => `${start}"${version}"`);
}
