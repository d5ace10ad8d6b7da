import { Button } from "@mantine/core";
import { useReducer, useState } from "react";
import { useQuery } from "urql";
import { Link } from "wouter";

import { ArchivingNote, useArchiving, type Archiving } from "../../app/Archiving";
import { ExperimentHead } from "../../app/ExperimentHead";
import { Loading } from "../../app/Loading";
import { Problem } from "../../app/Problem";
import { When } from "../../app/When";
import { ChecksDocument, ExperimentChangesDocument, LiveDocument, RunStepsDocument, type LiveQuery } from "../../gql/graphql";
import { sentence } from "../../lib/client";
import { count, counted, interval, money, share, undecided } from "../../lib/format";
import type { State } from "../../lib/follow";
import { useTitle } from "../../lib/title";
import { useFollowed } from "../../lib/useFollowed";
import { NotFoundPage } from "../NotFoundPage";
import { CellCounts } from "./CellCounts";
import { isUnderWay, NOTHING, withStep } from "./progress";
import { RunCard } from "./RunCard";

type Experiment = NonNullable<LiveQuery["experiment"]>;
type Run = LiveQuery["runs"]["nodes"][number];

/** One experiment as it is now: how far, how fast, at what cost, and what went wrong. */
export default function LivePage({ params }: { params: { name: string } }) {
  const { name } = params;
  useTitle(name);
  const [{ data, error, fetching }, refresh] = useQuery({ query: LiveDocument, variables: { name } });
  const again = () => refresh({ requestPolicy: "network-only" });
  if (error?.graphQLErrors.some((each) => each.extensions["code"] === "NOT_FOUND")) return <NotFoundPage />;
  if (error && !data) {
    return (
      <div className="stack">
        <ExperimentHead name={name} at="live" />
        <Problem title="It could not be read" again={again}>
          {sentence(error)}
        </Problem>
      </div>
    );
  }
  if (!data) return fetching ? <Loading what={name} rows={6} /> : null;
  if (!data.experiment) return <NotFoundPage />;
  return <Live key={name} first={data.experiment} runs={data.runs.nodes} again={again} />;
}

function Live({ first, runs, again }: { first: Experiment; runs: Run[]; again: () => void }) {
  const [changed, setChanged] = useState<Experiment | null>(null);
  const experiment = changed ?? first;
  const connection = useFollowed({
    query: ExperimentChangesDocument,
    variables: { name: first.name },
    cursorOf: (data) => data.experimentUpdated.cursor,
    onEvent: (data) => setChanged(data.experimentUpdated.experiment),
  });
  const archiving = useArchiving((archived) => setChanged({ ...experiment, archived }));
  const [run, ...older] = runs;
  return (
    <div className="stack">
      <ExperimentHead name={experiment.name} at="live" />
      <Connection state={connection} />
      <ArchivingNote archiving={archiving} />
      {experiment.archived && !archiving.done && (
        <div className="card spread">
          <span>This experiment is archived: it can be read, and takes no launches, rounds or scores.</span>
          <Button size="xs" variant="default" onClick={() => archiving.set(experiment.name, false)}>
            Unarchive
          </Button>
        </div>
      )}
      {run ? (
        <Followed key={run.id} run={run} experiment={experiment} again={again} />
      ) : (
        <>
          <NoRun experiment={experiment} />
          <CellCounts cells={experiment.cells} progress={[]} />
        </>
      )}
      <Facts experiment={experiment} archiving={archiving} />
      <Checks name={experiment.name} />
      {older.length > 0 && <Older runs={older} />}
    </div>
  );
}

function Connection({ state }: { state: State | null }) {
  const words = state === "waiting" ? "The connection is lost and tried again; what you see may be old." : "";
  return (
    <p role="status" className={words ? "warn" : "unseen"}>
      {words}
    </p>
  );
}

function Followed({ run, experiment, again }: { run: Run; experiment: Experiment; again: () => void }) {
  const start = { ...NOTHING, status: run.status, done: run.done ?? null, expected: run.expected ?? null, failed: run.failed ?? null, cost: run.cost ?? null };
  const [progress, add] = useReducer(withStep, start);
  useFollowed({
    query: RunStepsDocument,
    variables: { run: run.id },
    cursorOf: (data) => data.runProgress.cursor,
    onEvent: ({ runProgress }) => {
      add(runProgress);
      if (runProgress.kind === "ended") again();
    },
  });
  return (
    <>
      <RunCard run={run} experiment={experiment} progress={progress} again={again} />
      <CellCounts cells={experiment.cells} progress={isUnderWay(progress.status) ? progress.cells : []} />
    </>
  );
}

function NoRun({ experiment }: { experiment: Experiment }) {
  return (
    <p className="card">
      {experiment.source === "adopt"
        ? "Its tips were made elsewhere: there is nothing to collect."
        : "No run of it is known here: it was made on the command line, or its launch came to nothing."}
    </p>
  );
}

function Facts({ experiment, archiving }: { experiment: Experiment; archiving: Archiving }) {
  const { leader } = experiment;
  return (
    <section className="card stack" aria-labelledby="facts">
      <div className="spread">
        <h2 id="facts">The experiment</h2>
        {!experiment.archived && (
          <Button size="xs" variant="default" onClick={() => archiving.set(experiment.name, true)}>
            Archive
          </Button>
        )}
      </div>
      <div className="fields">
        <Fact name="State">
          <span className="state" data-state={experiment.state}>
            {experiment.state}
          </span>
        </Fact>
        <Fact name="Leader, 95 % interval">
          {leader ? (
            <>
              <strong className="name">{leader.title ?? `${leader.model} / ${leader.prompt}`}</strong>
              <div>{interval(leader.score, leader.low, leader.high)}</div>
              <div className="small soft">{undecided(leader.rankHigh)}</div>
            </>
          ) : (
            "not judged yet"
          )}
        </Fact>
        <Fact name="Judged">{experiment.coverage === 0 ? "not yet" : `${share(experiment.coverage)}${experiment.provisional ? ", provisional" : ""}`}</Fact>
        <Fact name="Spent">{`${money(experiment.cost)}${experiment.maxCost ? ` of ${money(experiment.maxCost)}` : ", no ceiling"}`}</Fact>
        <Fact name="Size">{[counted(experiment.nCells, "cell"), counted(experiment.nScenarios, "scenario"), counted(experiment.nTips, "tip")].join(" × ")}</Fact>
        <Fact name="Baseline">
          <span className="name">{experiment.baseline}</span>
        </Fact>
        <Fact name="Rubric">{experiment.rubric}</Fact>
        <Fact name="Pinned">
          <When at={experiment.createdAt} />
        </Fact>
        {experiment.extends && (
          <Fact name="Extends">
            <Link to={`/experiments/${experiment.extends}`}>{experiment.extends}</Link>
          </Fact>
        )}
      </div>
      <div className="row">
        <a href={experiment.dagitUrl}>Its partition in Dagit</a>
        {experiment.mlflowUrl && <a href={experiment.mlflowUrl}>Its run in MLflow</a>}
        {leader && <a href={`/api/bench/report/${experiment.name}`}>HTML report</a>}
      </div>
    </section>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <div className="soft small">{name}</div>
      <div>{children}</div>
    </div>
  );
}

function Checks({ name }: { name: string }) {
  const [wanted, setWanted] = useState(false);
  const [{ data, error, fetching }, evaluate] = useQuery({ query: ChecksDocument, variables: { name }, pause: !wanted, requestPolicy: "network-only" });
  const checks = [...(data?.assetChecks ?? [])].sort((a, b) => Number(a.passed) - Number(b.passed));
  return (
    <section className="card stack" aria-labelledby="checks">
      <div className="spread">
        <h2 id="checks">Checks</h2>
        <Button size="xs" variant="default" loading={fetching} onClick={() => (wanted ? evaluate() : setWanted(true))}>
          {wanted ? "Evaluate again" : "Evaluate now"}
        </Button>
      </div>
      {error && <Problem title="They could not be evaluated">{sentence(error)}</Problem>}
      {!wanted && <p className="soft">What can be said of the data by rule: complete, unpaid twice, blind, judged.</p>}
      {checks.length > 0 && (
        <ul className="checks">
          {checks.map((check) => (
            <li key={check.name}>
              <strong className={check.passed ? "good" : check.severity === "error" ? "bad" : "warn"}>
                {check.passed ? "holds" : check.severity === "error" ? "fails" : "warns"}
              </strong>{" "}
              <span className="name">{check.name.replaceAll("_", " ")}</span>
              <div className="small soft">{check.message}</div>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Older({ runs }: { runs: Run[] }) {
  return (
    <section className="stack" aria-labelledby="older">
      <h2 id="older">Earlier runs</h2>
      <div className="scroll">
        <table className="list cards">
          <thead>
            <tr>
              <th scope="col">Began</th>
              <th scope="col">Job</th>
              <th scope="col">Status</th>
              <th scope="col" className="num">
                Done
              </th>
              <th scope="col">Dagit</th>
            </tr>
          </thead>
          <tbody>
            {runs.map((run) => (
              <tr key={run.id}>
                <td data-label="Began">
                  <When at={run.startedAt ?? run.createdAt} />
                </td>
                <td data-label="Job">{run.job}</td>
                <td data-label="Status">{isUnderWay(run.status) ? run.status : (run.outcome ?? run.status)}</td>
                <td data-label="Done" className="num">
                  {run.expected ? `${count(run.done)} of ${count(run.expected)}` : "–"}
                </td>
                <td data-label="Dagit">
                  <a href={run.dagitUrl} aria-label={`Run ${run.id.slice(0, 8)} in Dagit`}>
                    {run.id.slice(0, 8)}
                  </a>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
