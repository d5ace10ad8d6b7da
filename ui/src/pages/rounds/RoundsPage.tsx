import "./rounds.css";

import { Autocomplete, Button } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useEffect, useState } from "react";
import { useQuery } from "urql";
import { useSearchParams } from "wouter";

import { Loading } from "../../app/Loading";
import { Problem } from "../../app/Problem";
import { JudgedExperimentsDocument, JudgeRoundsDocument } from "../../gql/graphql";
import { sentence } from "../../lib/client";
import { useTitle } from "../../lib/title";
import { AgreementCard } from "./AgreementCard";
import { FlagsCard } from "./FlagsCard";
import { ImportCard } from "./ImportCard";
import { OpenRound } from "./OpenRound";
import { takesAnswers } from "./pace";
import { RoundRows } from "./RoundRows";

const MOST = 100;
const LOOK_MS = 5_000;

/** Judges and their rounds: opened, followed and closed; files of scores, flags, and judges side by side. */
export default function RoundsPage() {
  useTitle("Judges and rounds");
  const [params, setParams] = useSearchParams();
  const experiment = params.get("experiment") ?? "";
  const [typed, setTyped] = useState(experiment);
  useEffect(() => setTyped(experiment), [experiment]); // one step back too
  const [search] = useDebouncedValue(typed, 250);
  const [{ data: known }] = useQuery({ query: JudgedExperimentsDocument, variables: { search: search.trim() || null } });
  const names = known?.experiments.nodes.map((each) => each.name) ?? [];
  const [{ data, error, fetching }, refresh] = useQuery({ query: JudgeRoundsDocument, variables: { experiment: experiment || null, first: MOST } });
  const again = () => refresh({ requestPolicy: "network-only" });
  useEffect(() => {
    const timer = setInterval(() => document.visibilityState === "visible" && refresh({ requestPolicy: "network-only" }), LOOK_MS);
    return () => clearInterval(timer);
  }, [refresh]);

  const choose = (name: string) => {
    setTyped(name);
    // A chosen option is heard of twice.
    if (name !== (new URLSearchParams(location.search).get("experiment") ?? "")) setParams(name ? { experiment: name } : {});
  };

  const busy = (data?.judgeRounds.nodes ?? []).filter((round) => round.experiment === experiment && takesAnswers(round)).map((round) => round.judge);
  return (
    <div className="stack">
      <div className="spread">
        <h1>Judges and rounds</h1>
        {data?.me.judge && (
          <Button component="a" href="/judge" variant="default">
            Judge as {data.me.judge}
          </Button>
        )}
      </div>
      <Autocomplete
        label="Experiment"
        description="Its rounds, flags and judges; empty for all experiments"
        placeholder="tip-bench-…"
        value={typed}
        data={names}
        onChange={(value) => {
          setTyped(value);
          if (value === "" || names.includes(value)) choose(value);
        }}
        onOptionSubmit={choose}
      />
      {experiment && <OpenRound key={experiment} experiment={experiment} me={data?.me ?? null} busy={busy} opened={again} />}
      {error && (
        <Problem title="Rounds could not be read" again={again}>
          {sentence(error)}
        </Problem>
      )}
      {!data && fetching && <Loading what="rounds" />}
      {data && (
        <RoundRows rounds={data.judgeRounds.nodes} more={data.judgeRounds.pageInfo.hasNextPage} me={data.me.judge ?? null} changed={again}>
          {experiment ? undefined : <Newest names={names} choose={choose} />}
        </RoundRows>
      )}
      {experiment && <ImportCard key={`file ${experiment}`} experiment={experiment} imported={again} />}
      {experiment && <AgreementCard key={`judges ${experiment}`} experiment={experiment} />}
      <FlagsCard experiment={experiment || null} />
    </div>
  );
}

/** Where to begin: the newest experiments, each a press away from a round. */
function Newest({ names, choose }: { names: string[]; choose: (name: string) => void }) {
  if (!names.length) return <p>There is nothing to judge yet: launch a benchmark first.</p>;
  return (
    <>
      <p>Choose what is to be judged, then open a round for a judge or for yourself: a person scores at the keyboard or on a phone.</p>
      <div className="row">
        {names.slice(0, 5).map((name) => (
          <Button key={name} variant="default" className="named" onClick={() => choose(name)}>
            {name}
          </Button>
        ))}
      </div>
    </>
  );
}
