import { Button, TextInput } from "@mantine/core";
import { useState } from "react";

import type { PlanQuery } from "../../gql/graphql";
import { count, counted, duration, money } from "../../lib/format";
import { typedNumber } from "../../lib/typed";
import { judgingSeconds } from "./draft";

/** What a person takes for a tip, until somebody says otherwise. */
const SECONDS = 20;

export type Plan = Extract<PlanQuery["plan"], { __typename: "Plan" }>;

interface Props {
  plan: Plan | null;
  stale: boolean;
  problem: string | null;
  /** Plans again, where it was not refused but lost. */
  again: (() => void) | null;
  /** What is missing where there is no plan. */
  hint: string;
  canLaunch: boolean;
  launching: boolean;
  launch: () => void;
}

/** What a launch would do and cost, before the button that does it. */
export function PlanCard({ plan, stale, problem, again, hint, canLaunch, launching, launch }: Props) {
  return (
    <aside className="card stack sticky" aria-label="Plan">
      <h2>Plan</h2>
      <div aria-live="polite" aria-busy={false} className={stale ? "stack soft" : "stack"}>
        {plan ? <Numbers plan={plan} /> : !problem && <p className="soft">{hint}</p>}
      </div>
      {problem && (
        <p role="alert" className="bad">
          {problem}
        </p>
      )}
      {again && (
        <Button size="xs" variant="default" onClick={again}>
          Try again
        </Button>
      )}
      <Button onClick={launch} disabled={!canLaunch} loading={launching} fullWidth>
        {plan && plan.toAsk ? `Launch: ask ${counted(plan.toAsk, "generation")}` : "Launch"}
      </Button>
    </aside>
  );
}

function Numbers({ plan }: { plan: Plan }) {
  const [typed, setTyped] = useState(String(SECONDS));
  const given = typedNumber(typed);
  const isGiven = given >= 1 && given <= 600;
  const seconds = isGiven ? given : SECONDS;
  const byHand = plan.judges.filter((judge) => judge.of === null || judge.of === undefined);
  const inside = plan.judges.filter((judge) => !byHand.includes(judge));
  const tips = byHand.reduce((sum, judge) => sum + judge.new + judge.anchors, 0);
  const known = plan.journaled + plan.takenOver;
  return (
    <>
      <dl className="facts">
        <dt>Models</dt>
        <dd className="name">{different(plan.cells.map((cell) => cell.model))}</dd>
        <dt>Prompts</dt>
        <dd className="name">{different(plan.cells.map((cell) => cell.prompt))}</dd>
        <dt>Cells, model × prompt</dt>
        <dd>{count(plan.cells.length)}</dd>
        <dt>Generations</dt>
        <dd>{count(plan.generations)}</dd>
        <dt>To ask now</dt>
        <dd>{count(plan.toAsk)}</dd>
        {known > 0 && (
          <>
            <dt>There already</dt>
            <dd>{count(known)}</dd>
          </>
        )}
        <dt>Input tokens</dt>
        <dd>{count(plan.tokensIn)}</dd>
        <dt>Output tokens, at most</dt>
        <dd>{count(plan.tokensOut)}</dd>
        <dt>Cost, at most</dt>
        <dd>
          <strong>{plan.cost === null || plan.cost === undefined ? "a price is not known" : money(plan.cost)}</strong>
        </dd>
      </dl>
      {plan.skipped.length > 0 && <p className="small">Left out as too large: {plan.skipped.join(", ")}</p>}
      {inside.length > 0 && (
        <dl className="facts">
          {inside.map((judge) => (
            <FactOfModelJudge key={judge.judge} {...judge} />
          ))}
        </dl>
      )}
      {byHand.length > 0 ? (
        <>
          <dl className="facts">
            {byHand.map((judge) => (
              <FactOfJudge key={judge.judge} judge={judge.judge} tips={judge.new + judge.anchors} />
            ))}
            <dt>Judging in all</dt>
            <dd>
              <strong>{duration(judgingSeconds(tips, seconds))}</strong>
            </dd>
          </dl>
          <TextInput
            label="Seconds a tip"
            size="xs"
            inputMode="decimal"
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            error={isGiven ? undefined : `Write a number from 1 to 600; ${SECONDS} counts until then.`}
          />
        </>
      ) : (
        <p className="small soft">No person or agent judges: nothing to do by hand.</p>
      )}
      {plan.deciding.sentences.length > 0 && (
        <>
          <h3>What it can show</h3>
          {plan.deciding.sentences.map((sentence) => (
            <p key={sentence} className="small">
              {sentence}
            </p>
          ))}
        </>
      )}
    </>
  );
}

/** The names where they are few, else how many there are. */
function different(names: string[]): string {
  const all = [...new Set(names)];
  return all.length <= 3 ? all.join(", ") : count(all.length);
}

function atMost(cost: number | null | undefined): string {
  return cost === null || cost === undefined ? "a price is not known" : `at most ${money(cost)}`;
}

function FactOfModelJudge(judge: Plan["judges"][number]) {
  return (
    <>
      <dt>
        Judged in the run by <span className="name">{judge.judge}</span>
      </dt>
      <dd>
        {count(judge.new)} of {counted(judge.of ?? 0, "tip")}
        {judge.anchors > 0 && ` and ${count(judge.anchors)} again`}, {atMost(judge.cost)}
        {judge.trialRequests > 0 && (
          <span className="small soft">
            {" "}
            and before that its trial, {counted(judge.trialRequests, "request")}, {atMost(judge.trialCost)}
          </span>
        )}
      </dd>
    </>
  );
}

function FactOfJudge({ judge, tips }: { judge: string; tips: number }) {
  return (
    <>
      <dt>
        To judge, <span className="name">{judge}</span>
      </dt>
      <dd>{counted(tips, "tip")}</dd>
    </>
  );
}
