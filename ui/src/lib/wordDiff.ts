/** What differs between two texts, by words. Pure. */

export interface Part {
  kind: "same" | "removed" | "added";
  text: string;
}

/** More words than this are compared as whole texts: the table of a comparison grows with their product. */
const MOST = 1_500;

/** The parts of both texts in order, white space with the word before it; equal neighbours are one part. */
export function wordDiff(before: string, after: string): Part[] {
  const [a, b] = [words(before), words(after)];
  if (a.length > MOST || b.length > MOST) {
    return before === after ? [{ kind: "same", text: before }] : joined([{ kind: "removed", text: before }, { kind: "added", text: after }]);
  }
  const width = b.length + 1;
  const longest = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      longest[i * width + j] = same(a[i], b[j])
        ? 1 + at(longest, (i + 1) * width + j + 1)
        : Math.max(at(longest, (i + 1) * width + j), at(longest, i * width + j + 1));
    }
  }
  const parts: Part[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && same(a[i], b[j])) {
      parts.push({ kind: "same", text: b[j] as string });
      i++;
      j++;
    } else if (j >= b.length || (i < a.length && at(longest, (i + 1) * width + j) >= at(longest, i * width + j + 1))) {
      parts.push({ kind: "removed", text: a[i++] as string });
    } else {
      parts.push({ kind: "added", text: b[j++] as string });
    }
  }
  return joined(parts);
}

function words(text: string): string[] {
  return text.match(/\S+\s*|^\s+/g) ?? [];
}

function same(one: string | undefined, other: string | undefined): boolean {
  return one?.trimEnd() === other?.trimEnd();
}

function at(table: Uint16Array, place: number): number {
  return table[place] ?? 0;
}

function joined(parts: Part[]): Part[] {
  const found: Part[] = [];
  for (const part of parts) {
    const last = found.at(-1);
    if (last && last.kind === part.kind) last.text += part.text;
    else if (part.text) found.push({ ...part });
  }
  return found;
}
