import { Checkbox, Select } from "@mantine/core";
import { useEffect, useState } from "react";
import { useQuery } from "urql";

import { ExperimentNamesDocument } from "../../gql/graphql";
import { count } from "../../lib/format";
import type { Draft, Field } from "./draft";
import { Hint } from "./Hint";
import { LABELS, RARE, rareSet } from "./options";
import { OptionText, type TextField } from "./OptionText";

interface Props {
  draft: Draft;
  set: <Name extends Field>(name: Name, value: Draft[Name]) => void;
  errorAt: (name: Field) => string | undefined;
}

const FAILURES = [
  { value: "worst", label: "As the lowest score (worst)" },
  { value: "excluded", label: "Not at all (excluded)" },
];

/** What most launches leave as it is, folded away unless something is set there; what is wrong there is always in sight. */
export function MoreOptions({ draft, set, errorAt }: Props) {
  const many = rareSet(draft);
  const isWrong = RARE.some((name) => errorAt(name) !== undefined);
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    if (many > 0) setOpen(true);
  }, [many]);
  const isShown = isOpen || isWrong;
  return (
    <section className="card stack" aria-labelledby="more">
      <div className="spread">
        <h2>
          <button id="more" type="button" className="fold" aria-expanded={isShown} aria-controls="more-options" onClick={() => isWrong || setOpen(!isOpen)}>
            More options
          </button>
        </h2>
        <span className="soft small">{many > 0 ? `${count(many)} set` : "temperature, seed, baseline, going on from an experiment, and others"}</span>
      </div>
      <div id="more-options" className="stack" hidden={!isShown}>
        <Options draft={draft} set={set} errorAt={errorAt} />
      </div>
    </section>
  );
}

function Options({ draft, set, errorAt }: Props) {
  const [{ data }] = useQuery({ query: ExperimentNamesDocument });
  const names = data?.experiments.nodes.map((each) => each.name) ?? [];
  const cells = draft.models.flatMap((model) => draft.prompts.map((prompt) => `${model}/${prompt}`));
  const text = (name: TextField, description: string, placeholder: string) => (
    <OptionText name={name} description={description} placeholder={placeholder} value={draft[name]} change={(value) => set(name, value)} error={errorAt(name)} />
  );
  const choice = (name: "failures" | "baseline" | "extends", description: string, placeholder: string, choices: (string | { value: string; label: string })[]) => (
    <Select
      label={LABELS[name]}
      description={<Hint of={name}>{description}</Hint>}
      placeholder={placeholder}
      clearable
      searchable={name === "extends"}
      data={choices}
      value={draft[name] || null}
      onChange={(value) => set(name, value ?? "")}
      error={errorAt(name)}
    />
  );
  const tick = (name: "retryFailed" | "acceptFailures" | "anyway", description: string) => (
    <Checkbox
      label={LABELS[name]}
      description={<Hint of={name}>{description}</Hint>}
      checked={draft[name]}
      onChange={(event) => set(name, event.currentTarget.checked)}
      error={errorAt(name)}
    />
  );
  return (
    <>
      <div className="fields">
        {text("temperature", "0 to 2", "0.7")}
        {text("seed", "The same seed draws and shuffles the same", "0")}
        {text("maxModelB", "In billions of parameters", "no limit")}
        {choice("failures", "How they count in a score", "as the lowest score", FAILURES)}
        {choice("baseline", "The cell that others are compared with", "template, or the first", withChosen(cells, draft.baseline))}
      </div>
      <h3>Going on from an experiment</h3>
      <div className="fields">
        {choice("extends", "What is equal there is taken over, with its scores", "nothing", withChosen(names, draft.extends))}
        {draft.extends && text("anchors", "Share of old items shown again, 0 to 1", "0.2")}
      </div>
      {tick("retryFailed", "For an experiment of this name that ended in part; it is paid again")}
      {tick("anyway", "Model judges score although their trial stops them; this is recorded")}
      {tick("acceptFailures", "What cannot be collected is final, so that the rest is published")}
    </>
  );
}

/** The choices, and what is chosen where it is none of them, so that it is seen and can be taken away. */
function withChosen(choices: string[], chosen: string): string[] {
  return chosen && !choices.includes(chosen) ? [chosen, ...choices] : choices;
}
