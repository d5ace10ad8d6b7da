import { Button, Progress } from "@mantine/core";
import { Link } from "wouter";

import { When } from "../../app/When";
import type { ExperimentsQuery } from "../../gql/graphql";
import { counted, interval, money, share, undecided, UNKNOWN } from "../../lib/format";

type Row = ExperimentsQuery["experiments"]["nodes"][number];

interface Props {
  experiments: Row[];
  isFirst: boolean;
  archive: (name: string, archived: boolean) => void;
}

export function ExperimentRows({ experiments, isFirst, archive }: Props) {
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
                {row.state !== "unreadable" && (
                  <Button
                    size="compact-sm"
                    variant="subtle"
                    onClick={() => archive(row.name, !row.archived)}
                    aria-label={`${row.archived ? "Unarchive" : "Archive"} ${row.name}`}
                  >
                    {row.archived ? "Unarchive" : "Archive"}
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
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
