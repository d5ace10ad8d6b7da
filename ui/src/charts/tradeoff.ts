import { axisX, axisY, dot, line, plot, ruleX, text } from "@observablehq/plot";

import { shortened } from "../lib/format";
import { cellName, paretoFront, type Row } from "../pages/leaderboard/board";
import { PRICES, TRADEOFF_HEIGHT, type Price } from "./prices";

/** Score against a price, with the cells that nothing cheaper reaches joined by a line and named. */
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
      marginBottom: 46,
      marginLeft: 52,
      marginRight: Math.min(130, width / 4),
      marginTop: 24,
      className: "picture",
      x: { grid: true, nice: true },
      y: { grid: true, nice: true },
      marks: [
        axisX({ label: axis, labelAnchor: "center", labelOffset: 40, labelArrow: "none", ticks: width < 500 ? 3 : 5, tickFormat: String }),
        axisY({ label: "score", labelArrow: "none" }),
        line(front, { x, y: "score", curve: "step-after", stroke: "var(--accent)", strokeDasharray: "5 4" }),
        ruleX(known, { x, y1: "low", y2: "high", stroke: "var(--accent)", strokeOpacity: 0.35, strokeWidth: 2 }),
        dot(known, { x, y: "score", r: 5, stroke: "var(--accent)", fill: (row: Row) => (front.includes(row) ? "var(--accent)" : "var(--surface)") }),
        text(front, { x, y: "score", text: shortName, dx: 9, dy: -9, textAnchor: "start", fill: "currentColor", stroke: "var(--surface)", strokeWidth: 4 }),
      ],
    });
}

function shortName(row: Row): string {
  return shortened(cellName(row), 24);
}
