import { Button } from "@mantine/core";
import { useState } from "react";
import { useMutation, useQuery } from "urql";

import { Loading } from "../../app/Loading";
import { Problem } from "../../app/Problem";
import { Segments } from "../../app/Segments";
import { IntervalBar } from "../../charts/IntervalBar";
import { PauseTipsDocument, PolicyStateDocument, TipPausesDocument, type PolicyStateQuery } from "../../gql/graphql";
import { sentence } from "../../lib/client";
import { count, score, share } from "../../lib/format";
import { extent } from "../leaderboard/board";
import { OF_PAUSES, OF_PROMOTIONS } from "./answers";
import { armName, rate } from "./policies";
import { PolicyName } from "./PolicyName";
import { ReasonDialog } from "../../app/ReasonDialog";
import { refusal } from "../../lib/refusal";

type State = PolicyStateQuery["policyState"][number];
type Arm = State["arms"][number];

/** What the policy in force knows of each arm, and what the one on trial makes of the same. */
export function Arms() {
  const [{ data, error, fetching }, refresh] = useQuery({ query: PolicyStateDocument, context: OF_PROMOTIONS });
  const [chosen, setChosen] = useState("0");
  const states = data?.policyState ?? [];
  const state = states[Number(chosen)] ?? states[0];
  return (
    <section className="stack tight" aria-labelledby="arms">
      <div className="spread">
        <h2 id="arms">Arms</h2>
        {states.length > 1 && (
          <Segments
            small
            label="Whose arms"
            value={state === states[0] ? "0" : chosen}
            choices={states.map((each, number) => ({ value: String(number), label: `${each.policy.name}, ${number ? "on trial" : "for all others"}` }))}
            change={setChosen}
          />
        )}
      </div>
      {error && (
        <Problem title={data ? "This may be old" : "The arms could not be read"} again={() => refresh({ requestPolicy: "network-only" })}>
          {sentence(error)}
        </Problem>
      )}
      {!data && fetching && <Loading what="arms" />}
      {state && <StateOf state={state} />}
    </section>
  );
}

function StateOf({ state }: { state: State }) {
  return (
    <>
      <p className="soft small">
        As <PolicyName policy={state.policy} /> sees them; {state.version ? `its state is version ${count(state.version)}` : "it has drawn nothing yet"}. The
        rate is that of acting on a tip in time, once it was shown, with the benchmark’s score as a weak prior; the interval has 95 % of its posterior.
      </p>
      {state.arms.length ? <Rows arms={state.arms} /> : <p className="card empty">No cell is served, and none was in the last year.</p>}
    </>
  );
}

function Rows({ arms }: { arms: readonly Arm[] }) {
  const [{ data }] = useQuery({ query: TipPausesDocument, context: OF_PAUSES });
  const [asking, setAsking] = useState<string | null>(null);
  const [, pause] = useMutation(PauseTipsDocument);
  const paused = new Set(data?.tipPauses.filter((each) => each.kind === "CELL").map((each) => each.name));
  const scale = extent(arms.map((arm) => [arm.low, arm.high]));
  return (
    <div className="scroll">
      <table className="list cards">
        <caption className="unseen">Arms with what was learnt of them</caption>
        <thead>
          <tr>
            <th scope="col">Cell</th>
            <th scope="col">Rate of acting</th>
            <th scope="col" className="num">Share of tips</th>
            <th scope="col" className="num">Served</th>
            <th scope="col" className="num">Shown</th>
            <th scope="col" className="num">Acted on</th>
            <th scope="col" className="num">Score</th>
            <th scope="col">
              <span className="unseen">Pause</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {arms.map((arm) => (
            <tr key={armName(arm)}>
              <td data-label="Cell">
                <span className="name">{arm.model}</span>
                <div className="soft small">{arm.prompt}</div>
              </td>
              <td data-label="Rate of acting" className="rate">
                {rate(arm.mean)} <span className="soft small">{`${rate(arm.low)} to ${rate(arm.high)}`}</span>
                <IntervalBar value={arm.mean} low={arm.low} high={arm.high} scale={scale} />
              </td>
              <td data-label="Share of tips" className="num">{share(arm.share)}</td>
              <td data-label="Served" className="num">{count(arm.served)}</td>
              <td data-label="Shown" className="num">
                {count(arm.shown)} <span className="soft small">{typeof arm.shownShare === "number" && share(arm.shownShare)}</span>
              </td>
              <td data-label="Acted on" className="num">{count(arm.acted)}</td>
              <td data-label="Score" className="num">{score(arm.score)}</td>
              <td>
                {paused.has(armName(arm)) ? (
                  <span className="badge">paused</span>
                ) : (
                  <Button size="compact-sm" variant="default" aria-label={`Pause ${armName(arm)}`} onClick={() => setAsking(armName(arm))}>
                    Pause
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <ReasonDialog
        title={`Pause ${asking ?? "this cell"}?`}
        go="Pause it"
        opened={asking !== null}
        close={() => setAsking(null)}
        act={async (reason) => {
          const { data: made, error } = await pause({ kind: "CELL", name: asking ?? "", reason }, OF_PAUSES);
          return refusal(made?.pauseTips, error);
        }}
      >
        <p>Nothing of this cell is drawn from the next request on, until it is resumed. What was served stays on the first screens that show it.</p>
      </ReasonDialog>
    </div>
  );
}
