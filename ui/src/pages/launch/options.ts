/** The options as the form calls them, and which of them it folds away. */

import { camel } from "../../lib/failures";
import { FIELDS, type Draft, type Field } from "./draft";

export const LABELS: Readonly<Record<Field, string>> = {
  experiment: "Name",
  models: "Models",
  prompts: "Prompts",
  judges: "Judges",
  nTips: "Tips each",
  nScenarios: "Scenarios",
  temperature: "Temperature",
  maxModelB: "Largest local model",
  seed: "Seed",
  maxCost: "Ceiling, USD",
  maxJudgeCost: "Ceiling of judging, USD",
  anchors: "Anchors",
  rubric: "Rubric",
  baseline: "Baseline",
  failures: "Failed tips",
  extends: "Extends",
  anyway: "Judges that were stopped",
  acceptFailures: "Accept failures",
  retryFailed: "Ask again what failed",
};

/** What most launches leave as it is. */
export const RARE: readonly Field[] = ["temperature", "maxModelB", "seed", "failures", "baseline", "extends", "anchors", "retryFailed", "acceptFailures", "anyway"];

/** The name that command line, files and the server have for an option: `n_tips`. */
export function optionName(field: Field): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** How many of the options that are folded away hold something. */
export function rareSet(draft: Draft): number {
  return RARE.filter((field) => Boolean(draft[field])).length;
}

/** A sentence of the server with the labels of the fields in place of its names for them. */
export function inWords(message: string): string {
  const named = (name: string) => {
    const field = FIELDS.find((each) => each === camel(name));
    return field ? LABELS[field] : name;
  };
  return message.replace(/^([a-z_]+)(?= is |:| has no value)/, named).replace(/\b[a-z]+_[a-z_]+\b/g, named);
}
