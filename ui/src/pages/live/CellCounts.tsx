import { Progress } from "@mantine/core";

import type { CellCountsFragment } from "../../gql/graphql";
import { count, latency, money } from "../../lib/format";

/** How far each cell is, with what failed in words and numbers. */
export function CellCounts({ cells }: { cells: CellCountsFragment[] }) {
  return (
    <section className="stack" aria-labelledby="cells">
      <h2 id="cells">Cells</h2>
      <p className="soft small">Counted when a run has collected; until then the bar above counts all of them together.</p>
      <div className="scroll">
        <table className="list cards">
          <thead>
            <tr>
              <th scope="col">Cell</th>
              <th scope="col">Collected</th>
              <th scope="col" className="num">
                Failed
              </th>
              <th scope="col" className="num">
                Refused
              </th>
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
            {cells.map((cell) => (
              <Row key={`${cell.model}/${cell.prompt}`} cell={cell} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Row({ cell }: { cell: CellCountsFragment }) {
  const final = cell.nText + cell.nFailed + cell.nRefused;
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
      <td data-label="Failed" className={cell.nFailed ? "num bad" : "num"}>
        {count(cell.nFailed)}
      </td>
      <td data-label="Refused" className={cell.nRefused ? "num warn" : "num"}>
        {count(cell.nRefused)}
      </td>
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
