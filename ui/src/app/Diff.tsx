import { wordDiff } from "../lib/wordDiff";

/** A text with what is other than in `before`: struck and underlined, so that colour never speaks alone. */
export function Diff({ before, after }: { before: string; after: string }) {
  return (
    <>
      {wordDiff(before, after).map((part, number) =>
        part.kind === "same" ? (
          <span key={number}>{part.text}</span>
        ) : part.kind === "removed" ? (
          <del key={number}>{part.text}</del>
        ) : (
          <ins key={number}>{part.text}</ins>
        ),
      )}
    </>
  );
}
