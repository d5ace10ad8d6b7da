/** What a choice is made by, as typed, and what it says in words. Pure. */

import type { CellChoicesQuery, ChoiceDecision, ChoiceInput, ChooseCellMutation } from "../../../gql/graphql";
import { counted, interval, latency, money, score, signed } from "../../../lib/format";
import { typedNumber } from "../../../lib/typed";

export type Found = Extract<ChooseCellMutation["writeChoicePage"], { __typename: "ChoiceDocument" }>["choice"];
export type OnRecord = CellChoicesQuery["choices"];

export interface Draft {
  margin: string;
  maxCostPer1k: string;
  maxP95Ms: string;
  /** By criterion. */
  floors: Record<string, string>;
  looks: string;
  maxScenarios: string;
}

export const EMPTY: Draft = { margin: "0.2", maxCostPer1k: "", maxP95Ms: "", floors: {}, looks: "", maxScenarios: "" };

export interface Checked {
  options: ChoiceInput;
  /** By field; those of floors by `floor NAME`. */
  errors: Record<string, string>;
}

/** The options to send for what was typed; floors of other rubrics are left out. */
export function checked(draft: Draft, criteria: readonly string[], champion: string | null, judges: string | null): Checked {
  const errors: Checked["errors"] = {};
  const margin = typedNumber(draft.margin);
  if (!(margin > 0)) errors.margin = "Write a number above 0: the difference that does not matter to you.";
  const options: ChoiceInput = { margin };
  for (const name of ["maxCostPer1k", "maxP95Ms"] as const) {
    const value = limitOf(draft[name]);
    if (value === null) errors[name] = "Write a number from 0 on, or nothing.";
    else if (value !== undefined) options[name] = value;
  }
  for (const name of ["looks", "maxScenarios"] as const) {
    const value = limitOf(draft[name]);
    if (value === null || (value !== undefined && !(Number.isInteger(value) && value > 0))) errors[name] = "Write a whole number from 1 on, or nothing.";
    else if (value !== undefined) options[name] = value;
  }
  const floors = [];
  for (const criterion of criteria) {
    const value = limitOf(draft.floors[criterion] ?? "");
    if (value === null) errors[`floor ${criterion}`] = "Write a number from 0 on, or nothing.";
    else if (value !== undefined) floors.push({ criterion, value });
  }
  if (floors.length) options.floors = floors;
  if (champion) options.champion = champion;
  if (judges) options.judges = judges;
  return { options, errors };
}

/** A number from 0 on, undefined for nothing, null for what is neither. */
function limitOf(typed: string): number | undefined | null {
  if (!typed.trim()) return undefined;
  const value = typedNumber(typed);
  return Number.isFinite(value) && value >= 0 ? value : null;
}

const HEADS: Record<ChoiceDecision, (cell: string) => string> = {
  SHIP: (cell) => `Ship ${cell}`,
  TIE: (cell) => `Ship ${cell}`,
  KEEP: (cell) => `Keep ${cell}`,
  NO: () => "No",
  NOT_ENOUGH: () => "Not enough data yet",
};

/** The decision in two or three words. */
export function headOf(decision: ChoiceDecision, cell: string | null | undefined): string {
  return HEADS[decision](cell ?? "");
}

/** Why, as a sentence; the name of a cell stays as it is written, and what breaks limits is listed beside it. */
export function whyOf(found: Pick<Found, "decision" | "reason">): string {
  if (found.decision === "NO") return "Every cell breaks a limit for certain.";
  const [first = ""] = found.reason.split(" ", 1);
  return `${first.includes("/") ? first : first.charAt(0).toUpperCase() + first.slice(1)}${found.reason.slice(first.length)}.`;
}

/** Whether a decision names a cell to hand over. */
export function isFor(found: Pick<Found, "decision">): boolean {
  return found.decision === "SHIP" || found.decision === "TIE" || found.decision === "KEEP";
}

/** What a choice rests on, by name, for a list; what is not known is left out. */
export function restsOn(found: Found): { name: string; text: string }[] {
  const { look } = found;
  const all = [
    { name: "Judged by", text: found.judgeKind ? `${found.judges.join(", ")} (${found.judgeKind})` : "nobody yet" },
    { name: "Scenarios compared", text: counted(found.scenarios, "scenario") },
    { name: "Score", text: typeof found.score === "number" ? interval(found.score, found.low, found.high) : "" },
    { name: "Chosen among", text: found.bestOf > 1 && isFor(found) ? `${counted(found.bestOf, "cell")}; the best one's score may be too high by chance` : "" },
    { name: "Look", text: look.of > 1 || look.unplanned ? `${look.number} of ${look.of}, the last at ${counted(look.maxScenarios, "scenario")}` : "" },
    { name: "The judge alone differs by", text: typeof found.judgeNoise === "number" ? score(found.judgeNoise) : "" },
    { name: "Scenarios needed", text: typeof found.scenariosNeeded === "number" ? `about ${found.scenariosNeeded} more` : "" },
  ];
  return all.filter(({ text }) => text);
}

const LIMITS: Record<string, { name: string; text: (value: number) => string }> = {
  max_cost_per_1k: { name: "cost of 1,000 tips", text: (value) => money(value) },
  max_p95_ms: { name: "95th percentile of the latency", text: (value) => latency(value) },
};

/** A broken limit in words. */
export function brokenText(limit: string, value: number | null | undefined): string {
  const known = LIMITS[limit];
  const name = known?.name ?? limit.replace(/^floor /, "floor of ");
  return typeof value === "number" ? `${name}: ${known ? known.text(value) : score(value)}` : `${name}: not known`;
}

/** What a cell that took no part would gain in score, empty where that is not known. */
export function gainText(gain: number | null | undefined): string {
  return typeof gain === "number" ? `${signed(gain)} in score` : "";
}

/** Which cell is in use, in a sentence. */
export function inUse(onRecord: OnRecord, experiment: string): string {
  const { champion } = onRecord;
  if (!champion) return "Nothing is shipped yet.";
  const from = champion.experiment === experiment ? "" : ` of ${champion.experiment}`;
  if (champion.here) return `${champion.here} is in use${champion.here === champion.cell ? "" : `, shipped as ${champion.cell}`}${from}.`;
  return `${champion.cell}${from} is in use; no cell here has its model and prompt.`;
}
