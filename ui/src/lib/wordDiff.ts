/** What differs between two texts, by words. Pure. */

import { edits, type EditKind } from "./edits";

export interface Part {
  kind: EditKind;
  text: string;
}

/** More words than this are compared as whole texts. */
const MOST = 1_500;

/** The parts of both texts in order, white space with the word before it; equal neighbours are one part. */
export function wordDiff(before: string, after: string): Part[] {
  const [a, b] = [words(before), words(after)];
  if (a.length > MOST || b.length > MOST) {
    return before === after ? [{ kind: "same", text: before }] : joined([{ kind: "removed", text: before }, { kind: "added", text: after }]);
  }
  return joined(edits(a, b, same).map(([kind, text]) => ({ kind, text })));
}

function words(text: string): string[] {
  return text.match(/\S+\s*|^\s+/g) ?? [];
}

function same(one: string, other: string): boolean {
  return one.trimEnd() === other.trimEnd();
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
