/** What is tried, as typed, and what is sent for it. */

import type { TrialInput } from "../../gql/graphql";
import { money } from "../../lib/format";

export interface Draft {
  model: string;
  prompt: string;
  /** The text of a prompt that is not added yet; empty where `prompt` names one. */
  text: string;
  scenario: string;
  temperature: string;
  seed: string;
}

export const EMPTY: Draft = { model: "", prompt: "", text: "", scenario: "", temperature: "0.7", seed: "0" };
export const FIELDS = ["model", "prompt", "text", "scenario", "temperature", "seed"] as const;
export type Field = (typeof FIELDS)[number];

export interface Checked {
  input: TrialInput | null;
  errors: Partial<Record<Field, string>>;
}

/** What is sent, null until a model and a prompt are chosen and every number is one. */
export function checked(draft: Draft): Checked {
  const errors: Checked["errors"] = {};
  const temperature = number(draft.temperature);
  const seed = number(draft.seed);
  if (!(temperature >= 0 && temperature <= 2)) errors.temperature = "Write a number from 0 to 2.";
  if (!Number.isSafeInteger(seed)) errors.seed = "Write a whole number.";
  const isWhole = draft.model !== "" && (draft.prompt !== "" || draft.text !== "") && !Object.keys(errors).length;
  const chosen = draft.text ? { text: draft.text } : { prompt: draft.prompt };
  return { input: isWhole ? { model: draft.model, ...chosen, scenario: draft.scenario || null, temperature, seed } : null, errors };
}

/** A number with a point or a decimal comma; NaN for what is none. */
function number(text: string): number {
  const plain = text.trim().replace(",", ".");
  return /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : Number.NaN;
}

/** The button's words, which say what pressing it can cost. */
export function askLabel(cost: number | null | undefined): string {
  if (cost === null || cost === undefined) return "Ask, at a price that is not known";
  return cost === 0 ? "Ask, for nothing" : `Ask, for at most ${money(cost)}`;
}
