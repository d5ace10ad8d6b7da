import { Progress } from "@mantine/core";

import type { CellCountsFragment } from "../../gql/graphql";
import { count, latency, money } from "../../lib/format";
import type { CellProgress } from "./progress";

/** How far each cell is, with what failed in words and numbers. */
export function CellCounts({ cells, progress }: { cells: CellCountsFragment[]; progress: readonly CellProgress[] }) {
  const isUnderWay = progress.length === cells.length;
  return (
    <section className="stack" aria-labelledby="cells">
      <h2 id="cells">Cells</h2>
      {isUnderWay && <p className="soft small">Latencies, costs and what is a refusal are known when the run has collected.</p>}
      <div className="scroll">
        <table className="list cards">
          <thead>
            <tr>
              <th scope="col">Cell</th>
              <th scope="col">Collected</th>
              <th scope="col" className="num">
                {isUnderWay ? "Failed or refused" : "Failed"}
              </th>
              {!isUnderWay && (
                <th scope="col" className="num">
                  Refused
                </th>
              )}
              <th scope="col" className="num">
                Median latency
              </th>
              <th scope="col" className="num">
                95th percentile
              </th>
              <th scope="col" className="num">
                Cost
              </th>
            </tr>
          </thead>
          <tbody>
            {cells.map((cell, number) => (
              <Row key={`${cell.model}/${cell.prompt}`} cell={cell} now={isUnderWay ? progress[number] : undefined} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Row({ cell, now }: { cell: CellCountsFragment; now: CellProgress | undefined }) {
  const final = now ? now.done : cell.nText + cell.nFailed + cell.nRefused;
  const failed = now ? now.failed : cell.nFailed;
  const name = `${cell.model} / ${cell.prompt}`;
  return (
    <tr>
      <td>
        <span className="name">{name}</span>
      </td>
      <td data-label="Collected">
        <div className="num-left">{`${count(final)} of ${count(cell.expected)}`}</div>
        <Progress value={cell.expected ? (100 * final) / cell.expected : 0} size="sm" color="var(--accent)" aria-label={`Collected of ${name}`} />
      </td>
      <td data-label={now ? "Failed or refused" : "Failed"} className={failed ? "num bad" : "num"}>
        {count(failed)}
      </td>
      {!now && (
        <td data-label="Refused" className={cell.nRefused ? "num warn" : "num"}>
          {count(cell.nRefused)}
        </td>
      )}
      <td data-label="Median latency" className="num">
        {latency(cell.latencyP50Ms)}
      </td>
      <td data-label="95th percentile" className="num">
        {latency(cell.latencyP95Ms)}
      </td>
      <td data-label="Cost" className="num">
        {money(cell.cost)}
      </td>
    </tr>
  );
}
