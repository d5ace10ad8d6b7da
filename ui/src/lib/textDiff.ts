/** What changed between two texts, line by line, and within changed lines word by word. */

import { edits, type EditKind } from "./edits";

export interface Piece {
  text: string;
  changed: boolean;
}

export interface Line {
  kind: EditKind;
  pieces: Piece[];
}

/** Lines of both texts in order: those of `before` that went, those of `after` that came, and what stayed. */
export function lineDiff(before: string, after: string): Line[] {
  const lines: Line[] = [];
  let removed: string[] = [];
  let added: string[] = [];
  const flush = () => {
    lines.push(...changedLines(removed, added));
    removed = [];
    added = [];
  };
  for (const [kind, text] of edits(before.split("\n"), after.split("\n"))) {
    if (kind === "removed") removed.push(text);
    else if (kind === "added") added.push(text);
    else {
      flush();
      lines.push({ kind: "same", pieces: [{ text, changed: false }] });
    }
  }
  flush();
  return lines;
}

/** Lines that stay beside a change. */
const CONTEXT = 3;

export interface Part {
  lines: Line[];
  /** It can be left out at first: it is far from every change. */
  isFolded: boolean;
}

/** The lines in parts, of which those far from every change are folded. */
export function folded(lines: readonly Line[]): Part[] {
  const changes = lines.flatMap((line, place) => (line.kind === "same" ? [] : [place]));
  const isNear = (place: number) => changes.some((change) => Math.abs(change - place) <= CONTEXT);
  const parts: Part[] = [];
  lines.forEach((line, place) => {
    const isFolded = !isNear(place);
    const last = parts.at(-1);
    if (last && last.isFolded === isFolded) last.lines.push(line);
    else parts.push({ lines: [line], isFolded });
  });
  return parts;
}

/** Removed lines and then added ones; the nth of either are compared by word where they share any. */
function changedLines(removed: string[], added: string[]): Line[] {
  const pairs = removed.map((text, place) => (added[place] === undefined ? null : wordPieces(text, added[place])));
  const whole = (text: string): Piece[] => [{ text, changed: true }];
  return [
    ...removed.map((text, place): Line => ({ kind: "removed", pieces: pairs[place]?.[0] ?? whole(text) })),
    ...added.map((text, place): Line => ({ kind: "added", pieces: pairs[place]?.[1] ?? whole(text) })),
  ];
}

/** The pieces of two texts with what differs marked, whole words and the blanks between them. */
export function wordPieces(before: string, after: string): [Piece[], Piece[]] {
  const left: Piece[] = [];
  const right: Piece[] = [];
  for (const [kind, text] of edits(words(before), words(after))) {
    if (kind !== "added") push(left, text, kind === "removed");
    if (kind !== "removed") push(right, text, kind === "added");
  }
  return [left, right];
}

function push(pieces: Piece[], text: string, changed: boolean): void {
  const last = pieces.at(-1);
  if (last && last.changed === changed) last.text += text;
  else pieces.push({ text, changed });
}

function words(text: string): string[] {
  return text.match(/\s+|[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu) ?? [];
}
