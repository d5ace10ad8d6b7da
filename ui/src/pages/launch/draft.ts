/** What the launch form holds, as typed, and what is sent for it. */

import type { LaunchInput } from "../../gql/graphql";
import { typedNumber } from "../../lib/typed";

export interface Draft {
  experiment: string;
  models: string[];
  prompts: string[];
  judges: string;
  nTips: string;
  nScenarios: string;
  temperature: string;
  maxModelB: string;
  seed: string;
  maxCost: string;
  maxJudgeCost: string;
  anchors: string;
  rubric: string;
  baseline: string;
  failures: string;
  extends: string;
  anyway: boolean;
  acceptFailures: boolean;
  retryFailed: boolean;
}

export const FIELDS = [
  "experiment", "models", "prompts", "judges", "nTips", "nScenarios", "temperature", "maxModelB", "seed", "maxCost", "maxJudgeCost", "anchors",
  "rubric", "baseline", "failures", "extends", "anyway", "acceptFailures", "retryFailed",
] as const;
export type Field = (typeof FIELDS)[number];

export const EMPTY: Draft = {
  experiment: "",
  models: [],
  prompts: [],
  judges: "",
  nTips: "",
  nScenarios: "",
  temperature: "",
  maxModelB: "",
  seed: "",
  maxCost: "",
  maxJudgeCost: "",
  anchors: "",
  rubric: "",
  baseline: "",
  failures: "",
  extends: "",
  anyway: false,
  acceptFailures: false,
  retryFailed: false,
};

export const NAME = /^tip-bench-[a-z0-9][a-z0-9-]{0,62}$/;
const WHOLE = ["nTips", "nScenarios", "seed"] as const;
const DECIMAL = ["temperature", "maxModelB", "maxCost", "maxJudgeCost", "anchors"] as const;
const TEXT = ["rubric", "baseline", "failures", "extends"] as const;

export interface Checked {
  input: LaunchInput;
  errors: Partial<Record<Field, string>>;
}

/** What is left empty is left out, so that the pin or the defaults decide; what cannot be sent has a sentence. */
export function checked(draft: Draft): Checked {
  const errors: Checked["errors"] = {};
  const experiment = draft.experiment.trim();
  if (!NAME.test(experiment)) errors.experiment = `Write tip-bench- and then 1 to 63 of a-z, 0-9 and '-', such as ${validName(experiment)}.`;
  const input: LaunchInput = { experiment, acceptFailures: draft.acceptFailures, retryFailed: draft.retryFailed };
  if (draft.anyway) input.anyway = true;
  if (draft.models.length) input.models = draft.models;
  if (draft.prompts.length) input.prompts = draft.prompts;
  const judges = judgesIn(draft.judges);
  if (judges.length) input.judges = judges;
  for (const name of WHOLE) {
    if (!draft[name].trim()) continue;
    const value = typedNumber(draft[name]);
    if (Number.isSafeInteger(value)) input[name] = value;
    else errors[name] = "Write a whole number, or nothing.";
  }
  for (const name of DECIMAL) {
    if (!draft[name].trim()) continue;
    const value = typedNumber(draft[name]);
    if (Number.isFinite(value)) input[name] = value;
    else errors[name] = "Write a number, or nothing.";
  }
  for (const name of TEXT) if (draft[name]) input[name] = draft[name];
  return { input, errors };
}

/** The valid name that is next to what was typed. */
export function validName(typed: string): string {
  const plain = typed.toLowerCase().replace(/^tip-?bench/, "").replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "");
  return `tip-bench-${plain.slice(0, 63) || "spring"}`;
}

/** What was typed of judges, with one more unless it is there. */
export function withJudge(text: string, judge: string): string {
  const known = judgesIn(text);
  return known.includes(judge) ? text : [...known, judge].join(", ");
}

/** Judges as typed: `anna, claude=agent`. */
export function judgesIn(text: string): string[] {
  return text.split(/[\s,;]+/).filter(Boolean);
}

/** A name that follows another: `-2`, or the next number; it stays a valid one. */
export function nextName(name: string, taken: readonly string[]): string {
  const base = name.replace(/-\d+$/, "");
  for (let number = 2; ; number += 1) {
    const ending = `-${number}`;
    const found = base.slice(0, "tip-bench-".length + 63 - ending.length) + ending;
    if (!taken.includes(found)) return found;
  }
}

/** Hours of judging for so many tips, at so many seconds each. */
export function judgingSeconds(tips: number, secondsEach: number): number {
  return tips * secondsEach;
}

/** A launch that was sent and whose answer did not come: the same one again is the same launch, with the same key. */
export interface Sent {
  input: string;
  key: string;
}

/** The launch to send for an input: the one that is unanswered if it is for the same, else one with a key of its own. */
export function toSend(unanswered: Sent | null, input: string, makeKey: () => string): Sent {
  return unanswered?.input === input ? unanswered : { input, key: makeKey() };
}

/** Whether anything was typed or chosen. */
export function isBlank(draft: Draft): boolean {
  return JSON.stringify({ ...EMPTY, ...draft }) === JSON.stringify(EMPTY);
}
