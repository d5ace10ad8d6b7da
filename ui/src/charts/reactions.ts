import { axisX, axisY, dot, plot, ruleX, ruleY, text } from "@observablehq/plot";

import { shortened } from "../lib/format";
import type { Compared } from "../pages/policies/reports";
import { placed, scale } from "./labels";
import { TRADEOFF_HEIGHT } from "./prices";

const MARGIN = { top: 24, right: 20, bottom: 46, left: 52 };

/** Score to the right and the share acted on upwards, in percent, each with its interval; named where there is room. */
export function reactions(cells: readonly Compared[]): (width: number) => Element {
  const y = (cell: Compared) => 100 * cell.reward;
  const known = cells.filter((cell) => !cell.isRefused);
  return (width) =>
    plot({
      width,
      height: TRADEOFF_HEIGHT,
      marginBottom: MARGIN.bottom,
      marginLeft: MARGIN.left,
      marginRight: MARGIN.right,
      marginTop: MARGIN.top,
      className: "picture",
      x: { grid: true, nice: true },
      y: { grid: true, nice: true },
      marks: [
        axisX({ label: "score of the leaderboard", labelAnchor: "center", labelOffset: 40, labelArrow: "none", ticks: width < 500 ? 3 : 6 }),
        axisY({ label: "acted on, %", labelArrow: "none" }),
        ruleY(cells, { y, x1: "scoreLow", x2: "scoreHigh", stroke: "var(--accent)", strokeOpacity: 0.45, strokeWidth: 2 }),
        ruleX(known, {
          x: "score",
          y1: (cell: Compared) => 100 * cell.rewardLow,
          y2: (cell: Compared) => 100 * cell.rewardHigh,
          stroke: "var(--accent)",
          strokeOpacity: 0.45,
          strokeWidth: 2,
        }),
        dot(cells, { x: "score", y, r: 5, stroke: "var(--accent)", fill: (cell: Compared) => (cell.isRefused ? "var(--surface)" : "var(--accent)"), title: "cell" }),
        ...names(cells, y, width),
      ],
    });
}

/** The names, the highest score first; the scales are those that Plot finds, but for round ends. */
function names(cells: readonly Compared[], y: (cell: Compared) => number, width: number) {
  const known = cells.filter((cell) => !cell.isRefused);
  const across = scale(cells.flatMap((cell) => [cell.scoreLow, cell.scoreHigh]), MARGIN.left, width - MARGIN.right);
  const up = scale([...cells.map(y), ...known.flatMap((cell) => [100 * cell.rewardLow, 100 * cell.rewardHigh])], TRADEOFF_HEIGHT - MARGIN.bottom, MARGIN.top);
  const rows = [...cells].sort((one, other) => other.score - one.score);
  const point = (cell: Compared) => ({ x: across(cell.score), y: up(y(cell)) });
  const spots = rows.map((cell) => ({ ...point(cell), name: shortened(cell.cell, 24) }));
  return placed(spots, width, cells.map(point), MARGIN.left).map(({ index, dx, dy, anchor }) =>
    text([rows[index] as Compared], { x: "score", y, text: (cell: Compared) => shortened(cell.cell, 24), dx, dy, textAnchor: anchor, fill: "currentColor", stroke: "var(--surface)", strokeWidth: 4 }),
  );
}
