import { useMemo } from "react";

import { linesOf } from "./answerLines";
import type { Refused } from "./stored";

/** Answers that the server would not take, as a file that an admin can import. */
export function RefusedAnswers({ refused, rubric }: { refused: readonly Refused[]; rubric: string }) {
  const lines = useMemo(() => linesOf(refused.map((each) => each.change), rubric), [refused, rubric]);
  const [first] = refused;
  if (!lines || !first) return null;
  const download = () => {
    const address = URL.createObjectURL(new Blob([lines], { type: "application/jsonl" }));
    const link = Object.assign(document.createElement("a"), { href: address, download: "answers.jsonl" });
    link.click();
    URL.revokeObjectURL(address);
  };
  const count = lines.trimEnd().split("\n").length;
  return (
    <p role="alert" className="warn">
      {count === 1 ? "An answer was" : `${count} answers were`} not taken ({first.message}). {count === 1 ? "It is" : "They are"} not lost: save the file and send it to whoever runs this, who can import it.{" "}
      <button type="button" onClick={download}>
        Save the file
      </button>
    </p>
  );
}
