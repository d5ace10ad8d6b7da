/** The shortest way from one list of texts to another. Pure. */

/** Beyond so many steps of the table a list is shown as wholly replaced, so that no page ever hangs on a comparison. */
const MOST_STEPS = 4_000_000;

export type EditKind = "same" | "removed" | "added";
export type Edit = [EditKind, string];
type Same = (one: string, other: string) => boolean;

/** What stays, in the words of `after`, what goes and what comes, in order, by a table of longest common endings. */
export function edits(before: string[], after: string[], same: Same = (one, other) => one === other): Edit[] {
  const equal = (one: string | undefined, other: string | undefined) => one !== undefined && other !== undefined && same(one, other);
  let start = 0;
  while (start < before.length && equal(before[start], after[start])) start += 1;
  let end = 0;
  while (end < before.length - start && end < after.length - start && equal(before.at(-1 - end), after.at(-1 - end))) end += 1;
  const left = before.slice(start, before.length - end);
  const right = after.slice(start, after.length - end);
  const stay = (texts: string[]): Edit[] => texts.map((text) => ["same", text]);
  return [...stay(after.slice(0, start)), ...middle(left, right, same), ...stay(after.slice(after.length - end))];
}

function middle(left: string[], right: string[], same: Same): Edit[] {
  if (left.length * right.length > MOST_STEPS) {
    return [...left.map((text): Edit => ["removed", text]), ...right.map((text): Edit => ["added", text])];
  }
  const width = right.length + 1;
  const common = new Uint32Array((left.length + 1) * width);
  const at = (row: number, column: number) => common[row * width + column] ?? 0;
  for (let row = left.length - 1; row >= 0; row -= 1) {
    for (let column = right.length - 1; column >= 0; column -= 1) {
      common[row * width + column] = same(left[row] as string, right[column] as string)
        ? at(row + 1, column + 1) + 1
        : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const found: Edit[] = [];
  let row = 0;
  let column = 0;
  while (row < left.length || column < right.length) {
    const [mine, theirs] = [left[row], right[column]];
    if (mine !== undefined && theirs !== undefined && same(mine, theirs)) {
      found.push(["same", theirs]);
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
