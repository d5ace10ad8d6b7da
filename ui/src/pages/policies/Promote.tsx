import { Button, Select, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { useMutation, useQuery } from "urql";

import { PolicyEvaluationDocument, PromotePolicyDocument } from "../../gql/graphql";
import { sentence } from "../../lib/client";
import { failureOf } from "../../lib/failures";
import { useStored } from "../../lib/stored";
import { OF_PROMOTIONS } from "./answers";
import { Evaluation } from "./Evaluation";
import { forWhom, KIND_LABELS, kindOf, KINDS, readShare, STARTS, type Kind } from "./policies";
import { ReasonDialog } from "../../app/ReasonDialog";
import { refusal } from "../../lib/refusal";

const CHOICES = KINDS.map((value) => ({ value, label: KIND_LABELS[value] }));

/** Writes a policy and for whom it shall draw; nothing happens before it was looked at and a reason was given. */
export function Promote() {
  const [text, setText] = useStored("policy", STARTS.thompson);
  const [percent, setPercent] = useStored("policy-share", "10");
  const [asking, setAsking] = useState(false);
  const [wrong, setWrong] = useState("");
  const [, promote] = useMutation(PromotePolicyDocument);
  const share = readShare(percent);
  const { found, problem, isComing, again } = useEvaluation(text, asking);
  const write = (policy: string) => {
    setText(policy);
    setWrong("");
  };
  const act = async (reason: string) => {
    if ("problem" in share) return share.problem;
    const { data, error } = await promote({ policy: text, reason, share: share.value }, OF_PROMOTIONS);
    const why = refusal(data?.promotePolicy, error);
    setWrong(failureOf(data?.promotePolicy)?.path[0] === "policy" ? (why ?? "") : "");
    return why;
  };
  return (
    <section className="card stack" aria-labelledby="promote">
      <h2 id="promote">Promote a policy</h2>
      <form
        className="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim() && !("problem" in share)) setAsking(true);
        }}
      >
        <div className="row end">
          <Select
            className="grow"
            label="Kind"
            description="Choosing one writes its fields below, as they are by default."
            data={CHOICES}
            value={kindOf(text)}
            allowDeselect={false}
            onChange={(value) => value && write(STARTS[value as Kind])}
          />
          <TextInput
            label="Share of users, in percent"
            description="Below 100 it is a trial."
            inputMode="decimal"
            autoComplete="off"
            value={percent}
            onChange={(event) => setPercent(event.currentTarget.value)}
            error={"problem" in share ? share.problem : undefined}
          />
        </div>
        <Textarea
          label="Policy, as TOML"
          classNames={{ input: "code" }}
          autosize={false}
          rows={6}
          spellCheck={false}
          maxLength={4000}
          value={text}
          onChange={(event) => write(event.currentTarget.value)}
          error={wrong || undefined}
        />
        <Button type="submit" className="start" disabled={!text.trim() || "problem" in share}>
          Look at it before promoting
        </Button>
      </form>
      <ReasonDialog title="Promote this policy?" go="Promote it" opened={asking} close={() => setAsking(false)} act={act} isWaiting={isComing} label={reasonLabel(found, problem)}>
        <Evaluation found={isComing ? null : found} problem={isComing ? "" : problem} again={again} />
        <p>
          It draws for {forWhom("problem" in share ? 1 : share.value)} from the next request on.
          {!("problem" in share) && share.value < 1 && " Users of a trial are dealt by a hash, and stay in it while its share grows."}
        </p>
        <pre className="text">{text.trim()}</pre>
      </ReasonDialog>
    </section>
  );
}

/** What the policy would have earned, read anew each time that the question is asked. */
function useEvaluation(policy: string, asking: boolean) {
  const [{ data, error, fetching, stale }, refresh] = useQuery({ query: PolicyEvaluationDocument, variables: { policy }, pause: !asking, requestPolicy: "network-only" });
  const answer = data?.policyEvaluation;
  const found = answer?.__typename === "PolicyEvaluation" ? answer : null;
  const problem = failureOf(answer)?.message ?? (error ? sentence(error) : "");
  return { found, problem, isComing: fetching || stale || (!found && !problem), again: () => refresh({ requestPolicy: "network-only" }) };
}

function reasonLabel(found: { refused?: string | null } | null, problem: string): string {
  return problem || found?.refused ? "Reason to promote it without an estimate" : "Reason, for the record";
}
