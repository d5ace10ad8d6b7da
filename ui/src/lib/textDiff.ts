/** What changed between two texts, line by line, and within changed lines word by word. */

export interface Piece {
  text: string;
  changed: boolean;
}

export interface Line {
  kind: "same" | "removed" | "added";
  pieces: Piece[];
}

/** Beyond so many steps of the table a text is shown as wholly replaced, so that no page ever hangs on a comparison. */
const MOST_STEPS = 4_000_000;

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
  const pairs = removed.map((text, place) => (added[place] === undefined ? null : wordDiff(text, added[place])));
  const whole = (text: string): Piece[] => [{ text, changed: true }];
  return [
    ...removed.map((text, place): Line => ({ kind: "removed", pieces: pairs[place]?.[0] ?? whole(text) })),
    ...added.map((text, place): Line => ({ kind: "added", pieces: pairs[place]?.[1] ?? whole(text) })),
  ];
}

/** The pieces of two texts with what differs marked, whole words and the blanks between them. */
export function wordDiff(before: string, after: string): [Piece[], Piece[]] {
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

type Edit = ["same" | "removed" | "added", string];

/** The shortest way from one list to the other, by a table of longest common endings. */
function edits(before: string[], after: string[]): Edit[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < before.length - start && end < after.length - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const left = before.slice(start, before.length - end);
  const right = after.slice(start, after.length - end);
  const same = (texts: string[]): Edit[] => texts.map((text) => ["same", text]);
  return [...same(before.slice(0, start)), ...middle(left, right), ...same(before.slice(before.length - end))];
}

function middle(left: string[], right: string[]): Edit[] {
  if (left.length * right.length > MOST_STEPS) {
    return [...left.map((text): Edit => ["removed", text]), ...right.map((text): Edit => ["added", text])];
  }
  const width = right.length + 1;
  const common = new Uint32Array((left.length + 1) * width);
  const at = (row: number, column: number) => common[row * width + column] ?? 0;
  for (let row = left.length - 1; row >= 0; row -= 1) {
    for (let column = right.length - 1; column >= 0; column -= 1) {
      common[row * width + column] = left[row] === right[column] ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const found: Edit[] = [];
  let row = 0;
  let column = 0;
  while (row < left.length || column < right.length) {
    const [mine, theirs] = [left[row], right[column]];
    if (mine !== undefined && mine === theirs) {
      found.push(["same", mine]);
      row += 1;
      column += 1;
    } else if (mine !== undefined && (theirs === undefined || at(row + 1, column) >= at(row, column + 1))) {
      found.push(["removed", mine]);
      row += 1;
    } else if (theirs !== undefined) {
      found.push(["added", theirs]);
      column += 1;
    }
  }
  return found;
}
