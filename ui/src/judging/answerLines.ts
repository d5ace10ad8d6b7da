import type { Change } from "./model";

/** Answers as lines of a file of scores, the last one of each item; empty where all were taken back. */
export function linesOf(changes: readonly Change[], rubric: string): string {
  const last = new Map<string, Change>();
  for (const change of changes) {
    if (change.kind === "flag") continue;
    last.delete(change.item);
    if (change.kind === "answer") last.set(change.item, change);
  }
  return [...last.values()]
    .map((change) => {
      if (change.kind !== "answer") return "";
      const { scores, unscorable, comment } = change.given;
      return `${JSON.stringify({ item: change.item, rubric, ...(scores ? { scores } : { unscorable }), ...(comment ? { comment } : {}) })}\n`;
    })
    .join("");
}
