import { axisX, axisY, dot, plot, ruleY, ruleX } from "@observablehq/plot";

import { shortened } from "../lib/format";
import { cellName, extent, type Row } from "../pages/leaderboard/board";
import { forestHeight } from "./prices";

/** Scores with their intervals, one line a cell, in the order of the rows. */
export function forest(rows: readonly Row[], baseline: Row | undefined): (width: number) => Element {
  const scored = rows.filter((row) => typeof row.score === "number");
  const names = scored.map(cellName);
  const longest = Math.max(...names.map((name) => name.length), 4);
  const scale = extent(scored.map((row) => [row.low ?? row.score, row.high ?? row.score]));
  return (width) => {
    const marginLeft = Math.min(7.4 * longest + 16, width * 0.45);
    const letters = Math.floor((marginLeft - 16) / 7.4);
    return plot({
      width,
      height: forestHeight(scored.length),
      marginLeft,
      marginBottom: 44,
      className: "picture",
      x: { domain: scale ?? [0, 1], nice: true, grid: true },
      y: { domain: names },
      marks: [
        axisX({ label: width < 420 ? "score, 95 % interval" : "score in rubric units, 95 % interval", labelAnchor: "center", labelOffset: 38, labelArrow: "none" }),
        axisY({ label: null, tickSize: 0, tickFormat: (name: string) => shortened(name, letters) }),
        ...(baseline && typeof baseline.score === "number" ? [ruleX([baseline.score], { strokeDasharray: "4 4", strokeOpacity: 0.6 })] : []),
        ruleY(scored, { y: cellName, x1: (row: Row) => row.low ?? row.score, x2: (row: Row) => row.high ?? row.score, stroke: "var(--accent)", strokeWidth: 3 }),
        dot(scored, { y: cellName, x: "score", r: 5, fill: "var(--accent)" }),
      ],
    });
  };
}
