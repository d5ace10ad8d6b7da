import { useMemo, useState } from "react";

import { download } from "../lib/download";
import { linesOf } from "./answerLines";
import type { Refused } from "./stored";

interface Props {
  refused: readonly Refused[];
  rubric: string;
  forget: (refused: readonly Refused[]) => void;
}

/** Answers that the server would not take, as a file that an admin can import; they go when the judge has it. */
export function RefusedAnswers({ refused, rubric, forget }: Props) {
  const [saved, setSaved] = useState<readonly Refused[]>([]);
  const lines = useMemo(() => linesOf(refused.map((each) => each.change), rubric), [refused, rubric]);
  const [first] = refused;
  if (!lines || !first) return null;
  const save = () => {
    download(lines, "application/jsonl", "answers.jsonl");
    setSaved(refused);
  };
  const count = lines.trimEnd().split("\n").length;
  return (
    <p role="alert" className="warn">
      {count === 1 ? "An answer was" : `${count} answers were`} not taken ({first.message}). {count === 1 ? "It is" : "They are"} not lost: save the file and send it to whoever runs this, who can import it.{" "}
      <button type="button" onClick={save}>
        Save the file
      </button>{" "}
      {saved === refused && (
        <button type="button" onClick={() => forget(refused)}>
          I have the file: put this away
        </button>
      )}
    </p>
  );
}
