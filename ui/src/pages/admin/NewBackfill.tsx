import { Button, Checkbox, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { useMutation, useQuery } from "urql";

import { BackfillChoiceDocument, LaunchBackfillDocument } from "../../gql/graphql";
import { sentence } from "../../lib/client";
import { failureOf } from "../../lib/failures";
import { counted } from "../../lib/format";

/** Chooses experiments, which are partitions, and queues a run of each of them together. */
export function NewBackfill({ launched }: { launched: () => void }) {
  const [typed, setTyped] = useState("");
  const [search] = useDebouncedValue(typed, 250);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [problem, setProblem] = useState("");
  const [{ data, error }] = useQuery({ query: BackfillChoiceDocument, variables: { search: search.trim() || null } });
  const [{ fetching }, launch] = useMutation(LaunchBackfillDocument);
  const rows = (data?.experiments.nodes ?? []).filter((each) => each.state !== "unreadable");
  const go = async () => {
    const result = await launch({ experiments: [...chosen] });
    const failure = failureOf(result.data?.backfill);
    setProblem(result.error ? sentence(result.error) : (failure?.message ?? ""));
    if (result.error || failure) return;
    setChosen([]);
    launched();
  };
  return (
    <section className="card stack" aria-labelledby="backfill">
      <h2 id="backfill">Launch a backfill</h2>
      <p className="soft">
        A run for each experiment that you choose: what is missing is collected and paid, answers are taken in, leaderboards are published again. They wait
        for each other where only so many run at once.
      </p>
      <TextInput label="Experiments whose name has" type="search" placeholder="a part of it" value={typed} onChange={(event) => setTyped(event.currentTarget.value)} />
      {(error || problem) && (
        <p role="alert" className="bad">
          {problem || (error && sentence(error))}
        </p>
      )}
      <ul className="plain stack tight">
        {rows.map(({ name, state }) => (
          <li key={name}>
            <Checkbox
              label={
                <>
                  <span className="name">{name}</span> <span className="soft small">{state}</span>
                </>
              }
              checked={chosen.includes(name)}
              onChange={(event) => {
                const { checked } = event.currentTarget;
                setChosen((before) => (checked ? [...before, name] : before.filter((each) => each !== name)));
              }}
            />
          </li>
        ))}
      </ul>
      {data && !rows.length && <p className="soft">No experiment is called so.</p>}
      <Button className="start" loading={fetching} disabled={!chosen.length} onClick={() => void go()}>
        {chosen.length ? `Queue ${counted(chosen.length, "run")}` : "Choose experiments"}
      </Button>
    </section>
  );
}
