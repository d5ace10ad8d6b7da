/** Reports of what users did against a leaderboard, in words and as points of a picture. Pure. */

import type { PolicyReportQuery } from "../../gql/graphql";
import { counted, range, signed } from "../../lib/format";
import { points } from "./policies";

export type Report = PolicyReportQuery["policyReports"]["nodes"][number];
export type CellReport = Report["cells"][number];
export type Prediction = Report["prediction"];

/** A cell that has both a score and a reward; its reward has an interval unless it was refused. */
export interface Compared {
  cell: string;
  score: number;
  scoreLow: number;
  scoreHigh: number;
  reward: number;
  rewardLow: number;
  rewardHigh: number;
  isRefused: boolean;
}

/** The cells of the picture: an end that is not known is the value itself. */
export function compared(cells: readonly CellReport[]): Compared[] {
  return cells.flatMap((each) => {
    if (typeof each.score !== "number" || typeof each.reward !== "number") return [];
    return {
      cell: each.cell,
      score: each.score,
      scoreLow: each.scoreLow ?? each.score,
      scoreHigh: each.scoreHigh ?? each.score,
      reward: each.reward,
      rewardLow: each.rewardLow ?? each.reward,
      rewardHigh: each.rewardHigh ?? each.reward,
      isRefused: Boolean(each.refused),
    };
  });
}

/** The highest score first, those without one last, by name. */
export function byScore(cells: readonly CellReport[]): CellReport[] {
  return [...cells].sort((one, other) => (other.score ?? -Infinity) - (one.score ?? -Infinity) || one.cell.localeCompare(other.cell));
}

/** What the report says of the benchmark, in a sentence; a slope is in points of percent for each point of score. */
export function predictionLine(found: Prediction, locale?: string): string {
  if (found.refused || typeof found.slope !== "number") return `${capital(found.refused ?? "not estimable")}.`;
  const slope = `${points(found.slope, locale)} (${points(found.slopeLow, locale)} to ${points(found.slopeHigh, locale)})`;
  const says = {
    AGREES: "cells with higher scores earn more",
    DISAGREES: "cells with higher scores earn less",
    UNKNOWN: "either may be",
  }[found.verdict];
  return `This benchmark predicts reactions with slope ${slope}, in points of percent acted on for each point of score: ${says}.`;
}

/** How ranks go together, in a sentence; empty where nothing is known of it. */
export function rankLine(found: Prediction, locale?: string): string {
  if (typeof found.rankCorrelation !== "number") return "";
  const interval = typeof found.rankLow === "number" ? ` (${range(found.rankLow, found.rankHigh, locale)})` : "";
  return `Rank correlation ${signed(found.rankCorrelation, locale)}${interval} over ${counted(found.nCells, "cell", "cells", locale)}.`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
