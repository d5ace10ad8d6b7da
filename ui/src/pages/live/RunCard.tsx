import { Button, Progress as Bar } from "@mantine/core";
import { useState } from "react";
import { useMutation } from "urql";
import { Link, useLocation } from "wouter";

import { Dialog } from "../../app/Dialog";
import { When } from "../../app/When";
import { CancelRunDocument, DeleteExperimentDocument, RetryRunDocument, type LiveExperimentFragment, type LiveRunFragment } from "../../gql/graphql";
import { sentence } from "../../lib/client";
import { failureOf } from "../../lib/failures";
import { count, duration, money } from "../../lib/format";
import { isUnderWay, paces, perMinute, reasonOf, secondsLeft, silent, type Progress } from "./progress";

interface Props {
  run: LiveRunFragment;
  experiment: LiveExperimentFragment;
  progress: Progress;
  again: () => void;
}

/** The newest run: how far it is, its words, and what can be done about it. */
export function RunCard({ run, experiment, progress, again }: Props) {
  const goesOn = isUnderWay(progress.status);
  const { done, expected } = progress;
  const part = done !== null && expected ? (100 * done) / expected : 0;
  const models = experiment.cells.map((cell) => cell.model);
  const pace = paces(progress, models);
  const [rate, left] = [perMinute(pace), secondsLeft(pace)];
  const waiting = goesOn ? silent(progress.cells, models) : [];
  const startedAt = run.startedAt ?? progress.startedAt;
  const reason = progress.status === "failure" ? reasonOf(progress) : null;
  return (
    <section className="card stack" aria-labelledby="run">
      <div className="spread">
        <h2 id="run">{goesOn ? underWay(progress.status) : ended(run, progress.status)}</h2>
        <span className="soft small">
          {startedAt ? "began " : "queued "}
          <When at={startedAt ?? run.createdAt} /> · <a href={run.dagitUrl}>run in Dagit</a>
        </span>
      </div>
      {expected !== null && expected > 0 && (
        <>
          <Bar value={part} size="lg" color="var(--accent)" aria-label="Generations done" striped={goesOn} />
          <div className="row figures" aria-live="off">
            <Figure name="done" value={`${count(done)} of ${count(expected)}`} />
            <Figure name="failed or refused" value={count(progress.failed ?? 0)} />
            {goesOn && rate !== null && <Figure name="a minute" value={count(Math.max(1, Math.round(rate)))} />}
            {goesOn && left !== null && <Figure name="left, about" value={duration(left)} />}
            <Figure name={experiment.maxCost ? `spent of ${money(experiment.maxCost)}` : "spent"} value={money(progress.cost ?? experiment.cost)} />
            {Boolean(run.toJudge) && <Figure name="judged by models" value={`${count(run.judged)} of ${count(run.toJudge)}`} />}
            {Boolean(run.toJudge) && <Figure name="spent on judging" value={money(run.judgeCost)} />}
          </div>
          {waiting.length > 0 && (
            <p className="soft" role="status">
              Waiting for the first answer of {waiting.join(", ")}. A model on this computer is loaded first, which may take a minute.
            </p>
          )}
        </>
      )}
      {goesOn && !expected && <p className="soft">A process of its own begins; the first progress comes in some seconds.</p>}
      {reason && <p className="bad">{reason}</p>}
      <Actions run={run} experiment={experiment} goesOn={goesOn} status={progress.status} again={again} />
      {progress.said.length > 0 && (
        <details open={goesOn || progress.status === "failure"}>
          <summary>What it said</summary>
          <ol className="said" aria-label="Steps, the newest first">
            {progress.said.slice(0, 40).map((step) => (
              <li key={step.cursor}>
                <span className="soft small">
                  <When at={step.at} /> · {step.kind}
                </span>{" "}
                {step.message}
              </li>
            ))}
          </ol>
        </details>
      )}
    </section>
  );
}

function underWay(status: string): string {
  if (status === "queued" || status === "starting") return "Waiting for its worker";
  return status === "canceling" ? "Being canceled" : "Running";
}

function ended(run: LiveRunFragment, status: string): string {
  if (status === "canceled") return "The last run was canceled";
  if (run.outcome === "partial") return "The last run ended in part: what remains can be retried";
  if (status === "failure") return "The last run failed";
  return "The last run is done";
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div className="figure">
      <div className="value">{value}</div>
      <div className="soft small">{name}</div>
    </div>
  );
}

function Actions({ run, experiment, goesOn, status, again }: Omit<Props, "progress"> & { goesOn: boolean; status: string }) {
  const [{ fetching: canceling }, cancel] = useMutation(CancelRunDocument);
  const [{ fetching: retrying }, retry] = useMutation(RetryRunDocument);
  const [{ fetching: deleting }, remove] = useMutation(DeleteExperimentDocument);
  const [problem, setProblem] = useState<string | null>(null);
  const [asking, setAsking] = useState(false);
  const [, go] = useLocation();
  const nothing = experiment.cells.every((cell) => cell.nText + cell.nFailed + cell.nRefused === 0);
  const failed = status === "failure" || status === "canceled" || run.outcome === "partial";

  async function did(result: { error?: Parameters<typeof sentence>[0] | undefined; data?: Record<string, unknown> | undefined }): Promise<boolean> {
    const failure = failureOf(Object.values(result.data ?? {}).find((each) => typeof each === "object") as object | undefined);
    setProblem(result.error ? sentence(result.error) : (failure?.message ?? null));
    if (!result.error && !failure) again();
    return !result.error && !failure;
  }

  return (
    <>
      <div className="row">
        {goesOn && (
          <Button variant="default" loading={canceling} onClick={async () => did(await cancel({ run: run.id }))}>
            Cancel
          </Button>
        )}
        {!goesOn && !failed && (
          <Button component={Link} to={`/experiments/${experiment.name}/leaderboard`} variant={experiment.leader ? "filled" : "default"}>
            See the leaderboard
          </Button>
        )}
        {!goesOn && !failed && !experiment.archived && (
          <Button component={Link} to={`/rounds?experiment=${experiment.name}`} variant={experiment.leader ? "default" : "filled"}>
            Judge it
          </Button>
        )}
        {!goesOn && failed && !experiment.archived && (
          <Button loading={retrying} onClick={async () => did(await retry({ run: run.id }))}>
            Retry what remains
          </Button>
        )}
        {!goesOn && failed && nothing && (
          <Button variant="default" onClick={() => setAsking(true)}>
            Delete
          </Button>
        )}
      </div>
      {problem && (
        <p role="alert" className="bad">
          {problem}
        </p>
      )}
      <Dialog title={`Delete ${experiment.name}?`} opened={asking} close={() => setAsking(false)}>
        <p>Nothing of it was collected. Its name is free again afterwards.</p>
        <div className="row">
          <Button
            color="red"
            loading={deleting}
            onClick={async () => {
              if (await did(await remove({ name: experiment.name }))) go("/");
              else setAsking(false);
            }}
          >
            Delete
          </Button>
          <Button variant="default" onClick={() => setAsking(false)}>
            Keep it
          </Button>
        </div>
      </Dialog>
    </>
  );
}
