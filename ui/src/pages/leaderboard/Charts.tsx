import { SegmentedControl } from "@mantine/core";
import { useMemo, useState } from "react";

import { Chart } from "../../charts/Chart";
import { forest } from "../../charts/forest";
import { PRICES, tradeoff, type Price } from "../../charts/tradeoff";
import { cellName, type Row } from "./board";

/** Whether cells differ in a price: a picture of one point above another says nothing that the table does not. */
function isTelling(rows: Row[], price: Price): boolean {
  const values = rows.filter((row) => typeof row.score === "number").map((row) => row[price]);
  return new Set(values.filter((value) => typeof value === "number")).size > 1;
}

/** The pictures of a leaderboard; a chunk of its own, since they bring the plotting library. */
export default function Charts({ rows, baseline }: { rows: Row[]; baseline: string }) {
  const [chosen, setChosen] = useState<Price | null>(null);
  const usable = PRICES.filter((each) => isTelling(rows, each.value));
  const price = chosen ?? usable[0]?.value;
  const scores = useMemo(() => forest(rows, rows.find((row) => `${row.model}/${row.prompt}` === baseline)), [rows, baseline]);
  const trade = useMemo(() => (price ? tradeoff(rows, price) : null), [rows, price]);
  const [best] = rows;
  return (
    <div className="pictures">
      <figure className="card stack">
        <figcaption>
          <h2>Scores</h2>
          <p className="soft small">Intervals that overlap do not mean equal; the ranks say what can be told apart. Dashes: the baseline.</p>
        </figcaption>
        <Chart title={`Scores with 95 % intervals of ${rows.length} cells; ${best ? cellName(best) : "none"} is highest`} draw={scores} />
      </figure>
      {trade && price && (
        <figure className="card stack">
          <figcaption className="spread">
            <h2>What quality takes</h2>
            <SegmentedControl size="xs" aria-label="Price" value={price} onChange={(value) => setChosen(value as Price)} data={usable} />
          </figcaption>
          <Chart title={`Score against ${PRICES.find((each) => each.value === price)?.axis}`} draw={trade} />
          <p className="soft small">Filled and joined: no cheaper cell has a higher score.</p>
        </figure>
      )}
    </div>
  );
}
