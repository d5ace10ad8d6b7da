import "./rounds.css";

import { Autocomplete, Button, Select, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useEffect, useState, type FormEvent } from "react";
import { useMutation, useQuery } from "urql";
import { useSearchParams } from "wouter";

import { Loading } from "../../app/Loading";
import { Problem } from "../../app/Problem";
import { JudgedExperimentsDocument, JudgeMyselfDocument, JudgeRoundsDocument, OpenRoundDocument, type Kind } from "../../gql/graphql";
import { sentence } from "../../lib/client";
import { failureOf, fieldOf, type Failure } from "../../lib/failures";
import { useTitle } from "../../lib/title";
import { AgreementCard } from "./AgreementCard";
import { FlagsCard } from "./FlagsCard";
import { ImportCard } from "./ImportCard";
import { RoundRows } from "./RoundRows";

const MOST = 100;
const LOOK_MS = 5_000;

/** Judges and their rounds: opened, followed and closed; files of scores, flags, and judges side by side. */
export default function RoundsPage() {
  useTitle("Judges and rounds");
  const [params, setParams] = useSearchParams();
  const experiment = params.get("experiment") ?? "";
  const [typed, setTyped] = useState(experiment);
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
    setParams(name ? { experiment: name } : {}, { replace: true });
  };

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
      {experiment && <OpenRound key={experiment} experiment={experiment} me={data?.me ?? null} opened={again} />}
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

function OpenRound({ experiment, me, opened }: { experiment: string; me: { subject: string; judge?: string | null } | null; opened: () => void }) {
  const [judge, setJudge] = useState("");
  const [kind, setKind] = useState<string | null>("HUMAN");
  const [failure, setFailure] = useState<Failure | null>(null);
  const [lost, setLost] = useState("");
  const [{ fetching }, open] = useMutation(OpenRoundDocument);
  const [, judgeMyself] = useMutation(JudgeMyselfDocument);
  const [isForMe, setIsForMe] = useState(false);

  const openFor = async (name: string, chosen: string | null) => {
    setFailure(null);
    const { data, error } = await open({ experiment, judge: name, kind: chosen as Kind | null });
    setLost(error ? sentence(error) : "");
    const refused = failureOf(data?.openJudgeRound);
    setFailure(refused);
    if (data && !refused) {
      setJudge((typed) => (typed.trim() === name ? "" : typed));
      opened();
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsForMe(false);
    if (judge.trim()) void openFor(judge.trim(), kind);
  };
  const byMyself = async () => {
    if (!me) return;
    setIsForMe(true);
    if (me.judge) return openFor(me.judge, null);
    const name = judge.trim() || "me";
    const { data, error } = await judgeMyself({ user: me.subject, judge: name });
    setLost(error ? sentence(error) : "");
    const refused = failureOf(data?.grantRole);
    setFailure(refused);
    if (data && !refused) await openFor(name, null);
  };
  const field = fieldOf(failure, ["judge", "kind"]);
  return (
    <form className="card stack" aria-labelledby="open-round" onSubmit={submit}>
      <h2 id="open-round">Open a round</h2>
      <p className="soft">A round is all that the judge has not answered by now. Other judges see nothing of it.</p>
      <div className="row end">
        <TextInput
          className="grow"
          label="Judge"
          description="A name of letters, digits, . _ and -, recorded for good"
          value={judge}
          onChange={(event) => setJudge(event.currentTarget.value)}
          error={field === "judge" ? failure?.message : undefined}
        />
        <Select
          label="Kind"
          description="of a new judge"
          allowDeselect={false}
          value={kind}
          onChange={setKind}
          error={field === "kind" ? failure?.message : undefined}
          data={[
            { value: "HUMAN", label: "a person" },
            { value: "AGENT", label: "an agent" },
            { value: "MODEL", label: "a model" },
          ]}
        />
        <Button type="submit" loading={fetching && !isForMe} disabled={!judge.trim() || fetching}>
          Open a round
        </Button>
        <Button variant="default" disabled={!me || fetching} loading={fetching && isForMe} onClick={() => void byMyself()}>
          {me?.judge ? `Judge it yourself, as ${me.judge}` : "Judge it yourself"}
        </Button>
      </div>
      {failure && !field && <Problem title="The round was not opened">{failure.message}</Problem>}
      {lost && <Problem title="The round was not opened">{lost}</Problem>}
    </form>
  );
}
