import { Button, Progress } from "@mantine/core";
import { useState } from "react";
import { useMutation } from "urql";
import { Link } from "wouter";

import { Dialog } from "../../app/Dialog";
import { When } from "../../app/When";
import { ArchiveExperimentDocument, type ExperimentsQuery } from "../../gql/graphql";
import { sentence } from "../../lib/client";
import { failureOf } from "../../lib/failures";
import { counted, interval, money, share, undecided, UNKNOWN } from "../../lib/format";

type Row = ExperimentsQuery["experiments"]["nodes"][number];

export function ExperimentRows({ experiments, isFirst, changed }: { experiments: Row[]; isFirst: boolean; changed: () => void }) {
  const [archiving, setArchiving] = useState<string | null>(null);
  return (
    <div className="scroll">
      <table className="list cards">
        <caption className="unseen">{isFirst ? "Experiments" : "More experiments"}</caption>
        <thead>
          <tr>
            <th scope="col">Experiment</th>
            <th scope="col">State</th>
            <th scope="col">Leader, 95 % interval</th>
            <th scope="col">Judged</th>
            <th scope="col" className="num">
              Spent
            </th>
            <th scope="col">Last activity</th>
            <th scope="col">
              <span className="unseen">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {experiments.map((row) => (
            <tr key={row.id}>
              <td>
                <Name row={row} />
              </td>
              <td data-label="State">
                <span className="state" data-state={row.state}>
                  {row.state}
                </span>
              </td>
              <td data-label="Leader">
                <Leader row={row} />
              </td>
              <td data-label="Judged">
                <Coverage row={row} />
              </td>
              <td data-label="Spent" className="num">
                {money(row.cost)}
                {row.maxCost !== null && row.maxCost !== undefined && <div className="soft small">of {money(row.maxCost)}</div>}
              </td>
              <td data-label="Last activity">
                <When at={row.lastActivityAt} />
              </td>
              <td>
                {!row.archived && row.state !== "unreadable" && (
                  <Button size="compact-sm" variant="subtle" onClick={() => setArchiving(row.name)} aria-label={`Archive ${row.name}`}>
                    Archive
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <Archiving name={archiving} close={() => setArchiving(null)} changed={changed} />
    </div>
  );
}

function Name({ row }: { row: Row }) {
  return (
    <>
      {row.state === "unreadable" ? (
        <div className="name">{row.name}</div>
      ) : (
        <Link className="name" to={`/experiments/${row.name}`}>
          {row.name}
        </Link>
      )}
      <div className="soft small">
        {row.state === "unreadable"
          ? "its files cannot be read: restore them from a backup"
          : `${counted(row.nCells, "cell")}, ${counted(row.nScenarios, "scenario")}, ${counted(row.nTips, "tip")} each`}
      </div>
      {row.leader && (
        <div className="row small">
          <Link to={`/experiments/${row.name}/leaderboard`} aria-label={`Leaderboard of ${row.name}`}>
            leaderboard
          </Link>
          <a href={`/api/bench/report/${row.name}`} aria-label={`Report of ${row.name}`}>
            report
          </a>
        </div>
      )}
    </>
  );
}

function Leader({ row }: { row: Row }) {
  const { leader } = row;
  if (!leader) return <span className="soft">{row.state === "judged" ? UNKNOWN : "not judged yet"}</span>;
  return (
    <>
      <div className="name">
        {leader.title ?? `${leader.model} / ${leader.prompt}`}
      </div>
      <div>{interval(leader.score, leader.low, leader.high)}</div>
      <div className="soft small">
        {undecided(leader.rankHigh)}
        {leader.judgeKind === "program" && ", by the automatic judge"}
      </div>
    </>
  );
}

function Coverage({ row }: { row: Row }) {
  if (!row.leader && row.coverage === 0) return <span className="soft">{UNKNOWN}</span>;
  return (
    <>
      <div>{share(row.coverage)}</div>
      <Progress value={row.coverage * 100} size="sm" color="var(--accent)" aria-label={`Judged of ${row.name}`} />
      {row.provisional && <div className="small soft">provisional</div>}
    </>
  );
}

function Archiving({ name, close, changed }: { name: string | null; close: () => void; changed: () => void }) {
  const [{ fetching, data, error }, archive] = useMutation(ArchiveExperimentDocument);
  const failure = failureOf(data?.archiveExperiment);
  const go = async () => {
    const result = await archive({ name: name ?? "" });
    if (!result.error && !failureOf(result.data?.archiveExperiment)) {
      close();
      changed();
    }
  };
  return (
    <Dialog title="Archive for good?" opened={name !== null} close={close}>
        <p>
          <strong className="name">{name}</strong> leaves the list and takes no launches, rounds or scores any more. Nothing is
          deleted, and there is no way back.
        </p>
        {(failure || error) && (
          <p role="alert" className="bad">
            {failure?.message ?? (error && sentence(error))}
          </p>
        )}
        <div className="row">
          <Button color="red" loading={fetching} onClick={go}>
            Archive
          </Button>
          <Button variant="default" onClick={close}>
            Keep it
          </Button>
        </div>
    </Dialog>
  );
}
