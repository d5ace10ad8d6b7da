/** Entries of the catalog as choices: one line that says what each is, and why one cannot be used. */

import type { CatalogQuery } from "../../gql/graphql";
import { UNKNOWN } from "../../lib/format";
import type { Choice } from "./Choices";

type Catalog = CatalogQuery["catalog"];

export function modelChoices(models: Catalog["models"]): Choice[] {
  return models.map((model) => {
    if (model.provider === "template") return { name: model.name, detail: "no model: sentences chosen by chance, which a model must beat; free" };
    const size = model.parametersB === null || model.parametersB === undefined ? "" : `, ${model.parametersB} billion parameters`;
    return {
      name: model.name,
      detail: `${model.local ? "on this computer" : (model.endpoint ?? model.provider)}${size}, ${prices(model.priceIn, model.priceOut)}`,
      warning: model.ready ? null : `not ready: set ${model.keyEnv ?? "its key"}`,
    };
  });
}

function prices(input: number | null | undefined, output: number | null | undefined): string {
  if (input === 0 && output === 0) return "free";
  const known = input !== null && input !== undefined && output !== null && output !== undefined;
  return known ? `$${input} in and $${output} out for a million tokens` : "price not known";
}

/** The last version of each prompt, which is what its name stands for. */
export function promptChoices(prompts: Catalog["prompts"]): Choice[] {
  const last = new Map(prompts.map((prompt) => [prompt.name, prompt]));
  return [...last.values()].map((prompt) => ({
    name: prompt.name,
    detail: `${prompt.description || UNKNOWN}, version ${prompt.version}`,
    preview: prompt.content,
  }));
}

export function scenarioChoices(scenarios: Catalog["scenarios"]): Choice[] {
  return scenarios.map((scenario) => ({ name: scenario.name, detail: scenario.description, preview: scenario.content }));
}
