import { TextInput } from "@mantine/core";

import type { Draft } from "./draft";
import { Hint } from "./Hint";
import { LABELS } from "./options";

/** Options that are typed as numbers. */
export type TextField = keyof Draft & ("nTips" | "nScenarios" | "temperature" | "maxModelB" | "seed" | "maxCost" | "maxJudgeCost" | "anchors");

interface Props {
  name: TextField;
  description: string;
  /** What holds while nothing is typed. */
  placeholder: string;
  value: string;
  change: (value: string) => void;
  error?: string | undefined;
}

/** A number of the form, by its label and with its name elsewhere. */
export function OptionText({ name, description, placeholder, value, change, error }: Props) {
  return (
    <TextInput
      label={LABELS[name]}
      description={<Hint of={name}>{description}</Hint>}
      placeholder={placeholder}
      inputMode="decimal"
      value={value}
      onChange={(event) => change(event.currentTarget.value)}
      error={error}
    />
  );
}
