import { Button } from "@mantine/core";
import { useState } from "react";
import { useMutation, useQuery } from "urql";

import { Problem } from "../../../app/Problem";
import { CellChoicesDocument, ChooseCellDocument, type ChoiceInput } from "../../../gql/graphql";
import { sentence } from "../../../lib/client";
import { download } from "../../../lib/download";
import { failureOf, type Failure } from "../../../lib/failures";
import type { Row } from "../board";
import { inUse, type Found } from "./choice";
import { ChoiceForm } from "./ChoiceForm";
import { FoundCell } from "./FoundCell";
import { HandOvers } from "./HandOvers";

interface Props {
  name: string;
  rows: Row[];
  criteria: string[];
  /** The judges that the page was asked to rest on; null is the kind that is preferred. */
  judges: string | null;
}

/** What a choice or hand-over changes, also where nothing was there before. */
export const OF_CHOICES = { additionalTypenames: ["ExperimentChoices", "RecordedChoice", "RecordedShip"] };

/** From the leaderboard to a decision: which cell to ship by what is asked of it, and handing it over. */
export function Choosing({ name, rows, criteria, judges }: Props) {
  const [{ data, error, fetching }, refresh] = useQuery({ query: CellChoicesDocument, variables: { name }, context: OF_CHOICES });
  const [{ fetching: choosing }, choose] = useMutation(ChooseCellDocument);
  const [found, setFound] = useState<{ choice: Found; html: string } | null>(null);
  const [refused, setRefused] = useState<Failure | null>(null);
  const [problem, setProblem] = useState("");
  const cells = rows.map((row) => `${row.model}/${row.prompt}`);
  const decide = async (options: ChoiceInput) => {
    const answer = await choose({ name, options }, OF_CHOICES);
    const made = answer.data?.writeChoicePage;
    setFound(made?.__typename === "ChoiceDocument" ? made : null);
    setRefused(failureOf(made));
    setProblem(answer.error ? sentence(answer.error) : "");
  };
  const onRecord = data?.choices;
  return (
    <section className="card stack" aria-labelledby="choosing">
      <h2 id="choosing">Which one to ship</h2>
      {error && (
        <Problem title="What was chosen before could not be read" again={() => refresh({ requestPolicy: "network-only" })}>
          {sentence(error)}
        </Problem>
      )}
      <p className="soft" aria-busy={fetching}>
        The cheapest cell that is surely at most the margin worse than the best, within your limits{judges ? `, by ${judges}` : ""}.{" "}
        {onRecord && inUse(onRecord, name)}
      </p>
      <ChoiceForm
        cells={cells}
        criteria={criteria}
        judges={judges}
        plan={onRecord?.choices.at(-1) ?? null}
        refused={refused}
        busy={choosing}
        decide={(options) => void decide(options)}
      />
      {problem && (
        <p role="alert" className="bad">
          {problem}
        </p>
      )}
      {found && (
        <>
          <FoundCell found={found.choice} />
          <div className="row">
            <Button variant="default" onClick={() => download(found.html, "text/html", `${name}-choice.html`)}>
              Save as a page to hand on
            </Button>
          </div>
        </>
      )}
      {onRecord && <HandOvers name={name} cells={cells} found={found?.choice ?? null} onRecord={onRecord} />}
    </section>
  );
}
