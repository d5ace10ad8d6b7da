import { memo, useCallback, useMemo, useState } from "react";

import { Segments } from "../../app/Segments";
import { Chart } from "../../charts/Chart";
import { forestHeight, PRICES, TRADEOFF_HEIGHT, type Price } from "../../charts/prices";
import { cellName, type Row } from "./board";

const drawings = () => import("../../charts/drawings");

/** Whether cells differ in a price: a picture of one point above another says nothing that the table does not. */
function isTelling(rows: Row[], price: Price): boolean {
  const values = rows.filter((row) => typeof row.score === "number").map((row) => row[price]);
  return new Set(values.filter((value) => typeof value === "number")).size > 1;
}

/** The pictures of a leaderboard; the plotting library is loaded when one of them comes into view. */
export const Charts = memo(function Charts({ rows, baseline }: { rows: Row[]; baseline: string }) {
  const [chosen, setChosen] = useState<Price | null>(null);
  const usable = useMemo(() => PRICES.filter((each) => isTelling(rows, each.value)), [rows]);
  const price = chosen ?? usable[0]?.value;
  const scored = useMemo(() => rows.filter((row) => typeof row.score === "number").length, [rows]);
  const scores = useCallback(
    async (width: number) => (await drawings()).forest(rows, rows.find((row) => `${row.model}/${row.prompt}` === baseline))(width),
    [rows, baseline],
  );
  const trade = useCallback(async (width: number) => (await drawings()).tradeoff(rows, price ?? "costPer1k")(width), [rows, price]);
  const [best] = rows;
  return (
    <div className="pictures">
      <figure className="card stack">
        <figcaption>
          <h2>Scores</h2>
          <p className="soft small">Intervals that overlap do not mean equal; the ranks say what can be told apart. Dashes: the baseline.</p>
        </figcaption>
        <Chart title={`Scores with 95 % intervals of ${scored} cells; ${best ? cellName(best) : "none"} is highest`} height={forestHeight(scored)} draw={scores} />
      </figure>
      {price && (
        <figure className="card stack">
          <figcaption className="spread">
            <h2>What quality takes</h2>
            <Segments small label="Price" value={price} choices={usable} change={(value) => setChosen(value as Price)} />
          </figcaption>
          <Chart title={`Score against ${PRICES.find((each) => each.value === price)?.axis}`} height={TRADEOFF_HEIGHT} draw={trade} />
          <p className="soft small">Filled and joined: no cheaper cell has a higher score.</p>
        </figure>
      )}
    </div>
  );
});
