import { Button, Select } from "@mantine/core";
import { useState } from "react";
import { useMutation, useQuery } from "urql";

import { ExperimentNamesDocument, TryJudgeDocument, type TryJudgeMutation } from "../../gql/graphql";
import { sentence } from "../../lib/client";
import { failureOf } from "../../lib/failures";

type Found = Extract<TryJudgeMutation["tryJudge"], { __typename: "TrialOfJudge" }>;

/** Lets a judge answer tips of an experiment and planted ones, before it is paid for the rest. */
export function TryJudge({ judge }: { judge: string }) {
  const [{ data }] = useQuery({ query: ExperimentNamesDocument });
  const [experiment, setExperiment] = useState<string | null>(null);
  const [{ data: tried, error, fetching }, tryIt] = useMutation(TryJudgeDocument);
  const found = tried?.tryJudge.__typename === "TrialOfJudge" && tried.tryJudge.experiment === experiment ? tried.tryJudge : null;
  const refused = failureOf(tried?.tryJudge)?.message ?? (error && sentence(error));
  const go = (anyway: boolean) => void tryIt({ experiment: experiment ?? "", judge, anyway });
  return (
    <section aria-labelledby="try-judge" className="stack">
      <h2 id="try-judge">Try it</h2>
      <p className="soft">
        It answers 20 tips of an experiment twice and five planted ones with a known fault. Each answer is paid once: what a run asks later is not asked again.
      </p>
      <div className="row end">
        <Select
          label="Experiment"
          placeholder="which one"
          searchable
          data={(data?.experiments.nodes ?? []).map((each) => each.name)}
          value={experiment}
          onChange={setExperiment}
        />
        <Button onClick={() => go(false)} disabled={!experiment} loading={fetching}>
          Try the judge
        </Button>
      </div>
      {refused && !found && <p role="alert">{refused}</p>}
      {found && <Result found={found} goOn={() => go(true)} isBusy={fetching} />}
    </section>
  );
}

function Result({ found, goOn, isBusy }: { found: Found; goOn: () => void; isBusy: boolean }) {
  return (
    <div className="stack" aria-live="polite">
      {found.stop && (
        <div role="alert" className="stack">
          <p>{found.stop}</p>
          <Button variant="default" onClick={goOn} loading={isBusy}>
            Use it anyway
          </Button>
        </div>
      )}
      {found.held && <p role="alert">{found.held}</p>}
      {found.said && <p>{found.said}</p>}
      <p>{found.rest}</p>
      {found.planted.length > 0 && <h3>Planted tips</h3>}
      {found.planted.map((each) => (
        <details key={each.tip}>
          <summary>{each.said}</summary>
          <pre className="text" tabIndex={0}>{each.raw.join("\n")}</pre>
        </details>
      ))}
      {found.items.length > 0 && <h3>Real tips</h3>}
      {found.items.map((each, place) => (
        <details key={place}>
          <summary dir="auto">{each.tip}</summary>
          <pre className="text" tabIndex={0}>{each.raw.join("\n\n")}</pre>
        </details>
      ))}
      <details>
        <summary>What is sent of the first one</summary>
        <pre className="text" tabIndex={0}>{found.prompt}</pre>
      </details>
    </div>
  );
}
