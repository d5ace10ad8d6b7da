import { Button, Select, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { useMutation, useQuery } from "urql";

import { Problem } from "../../app/Problem";
import { JudgeMyselfDocument, OpenRoundDocument, RecordedJudgesDocument, type Kind } from "../../gql/graphql";
import { sentence } from "../../lib/client";
import { failureOf, fieldOf, type Failure } from "../../lib/failures";
import { waiting } from "./pace";

interface Props {
  experiment: string;
  me: { subject: string; judge?: string | null } | null;
  /** Judges whose round is open. */
  busy: readonly string[];
  opened: () => void;
}

const KINDS: Record<string, string> = { human: "a person", agent: "an agent", model: "a model" };

/** The form that opens a round, for a new judge, for one on record or for oneself. */
export function OpenRound({ experiment, me, busy, opened }: Props) {
  const [judge, setJudge] = useState("");
  const [kind, setKind] = useState<string | null>("HUMAN");
  const [failure, setFailure] = useState<Failure | null>(null);
  const [lost, setLost] = useState("");
  const [{ fetching }, open] = useMutation(OpenRoundDocument);
  const [, judgeMyself] = useMutation(JudgeMyselfDocument);
  const [isForMe, setIsForMe] = useState(false);
  const [{ data: recorded }] = useQuery({ query: RecordedJudgesDocument, variables: { name: experiment } });
  const judges = recorded?.experiment?.judges ?? [];
  const offered = waiting(judges, busy);
  const known = judges.find((each) => each.judge === judge.trim());

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
    if (judge.trim()) void openFor(judge.trim(), known ? null : kind);
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
          value={known ? known.kind.toUpperCase() : kind}
          disabled={known !== undefined}
          onChange={setKind}
          error={field === "kind" ? failure?.message : undefined}
          data={Object.entries(KINDS).map(([value, label]) => ({ value: value.toUpperCase(), label }))}
        />
        <Button type="submit" loading={fetching && !isForMe} disabled={!judge.trim() || fetching}>
          Open a round
        </Button>
        <Button variant="default" disabled={!me || fetching} loading={fetching && isForMe} onClick={() => void byMyself()}>
          {me?.judge ? `Judge it yourself, as ${me.judge}` : "Judge it yourself"}
        </Button>
      </div>
      {offered.length > 0 && (
        <div className="row" role="group" aria-label="Judges on record without a round">
          <span className="soft small">On record, without a round</span>
          {offered.map((each) => (
            <Button key={each.judge} size="compact-sm" variant="default" className="named" onClick={() => setJudge(each.judge)}>
              {each.judge}, {KINDS[each.kind]}
            </Button>
          ))}
        </div>
      )}
      {failure && !field && <Problem title="The round was not opened">{failure.message}</Problem>}
      {lost && <Problem title="The round was not opened">{lost}</Problem>}
    </form>
  );
}
