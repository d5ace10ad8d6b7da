import { axisX, axisY, dot, line, plot, ruleX, text } from "@observablehq/plot";

import { shortened } from "../lib/format";
import { cellName, paretoFront, type Row } from "../pages/leaderboard/board";
import { placed, scale } from "./labels";
import { PRICES, TRADEOFF_HEIGHT, type Price } from "./prices";

const MARGIN = { top: 24, right: 20, bottom: 46, left: 52 };

/** Score against a price, with the cells that nothing cheaper reaches joined by a line and named where there is room. */
export function tradeoff(rows: readonly Row[], price: Price): (width: number) => Element {
  const known = rows.filter((row) => typeof row[price] === "number" && typeof row.score === "number");
  const front = paretoFront(known, (row) => row[price], (row) => row.score);
  const isShort = price === "latencyP95Ms" && known.every((row) => (row[price] as number) < 1000);
  const unit = price === "latencyP95Ms" && !isShort ? 1000 : 1;
  const x = (row: Row) => (row[price] as number) / unit;
  const axis = (PRICES.find((each) => each.value === price)?.axis ?? "").replace(/, s$/, isShort ? ", ms" : ", s");
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
        axisX({ label: axis, labelAnchor: "center", labelOffset: 40, labelArrow: "none", ticks: width < 500 ? 3 : 5, tickFormat: String }),
        axisY({ label: "score", labelArrow: "none" }),
        line(front, { x, y: "score", curve: "step-after", stroke: "var(--accent)", strokeDasharray: "5 4" }),
        ruleX(known, { x, y1: "low", y2: "high", stroke: "var(--accent)", strokeOpacity: 0.35, strokeWidth: 2 }),
        dot(known, { x, y: "score", r: 5, stroke: "var(--accent)", fill: (row: Row) => (front.includes(row) ? "var(--accent)" : "var(--surface)"), title: cellName }),
        ...names(known, front, x, width),
      ],
    });
}

/** The names of the front, the highest score first; the scales are those that Plot finds, but for round ends. */
function names(known: readonly Row[], front: readonly Row[], x: (row: Row) => number, width: number) {
  const across = scale(known.map(x), MARGIN.left, width - MARGIN.right);
  const up = scale(known.flatMap((row) => [row.low ?? row.score, row.high ?? row.score]) as number[], TRADEOFF_HEIGHT - MARGIN.bottom, MARGIN.top);
  const rows = [...front].sort((a, b) => (b.score as number) - (a.score as number));
  const point = (row: Row) => ({ x: across(x(row)), y: up(row.score as number) });
  const spots = rows.map((row) => ({ ...point(row), name: shortName(row) }));
  return placed(spots, width, known.map(point), MARGIN.left).map(({ index, dx, dy, anchor }) =>
    text([rows[index] as Row], { x, y: "score", text: shortName, dx, dy, textAnchor: anchor, fill: "currentColor", stroke: "var(--surface)", strokeWidth: 4 }),
  );
}

function shortName(row: Row): string {
  return shortened(cellName(row), 24);
}
