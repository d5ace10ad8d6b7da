import { Button, Select, TextInput } from "@mantine/core";
import { useState } from "react";

import type { ChoiceInput } from "../../../gql/graphql";
import { camel, type Failure } from "../../../lib/failures";
import { counted } from "../../../lib/format";
import { useStored } from "../../../lib/stored";
import { checked, EMPTY, type Draft, type OnRecord } from "./choice";

interface Props {
  cells: string[];
  criteria: string[];
  judges: string | null;
  /** The first choice on record, whose plan of looks stands; null before any. */
  plan: OnRecord["choices"][number] | null;
  refused: Failure | null;
  busy: boolean;
  decide: (options: ChoiceInput) => void;
}

const SHOWN = ["margin", "maxCostPer1k", "maxP95Ms", "champion", "looks", "maxScenarios"];

/** What is asked of the cell that is shipped; only the margin is needed. */
export function ChoiceForm({ cells, criteria, judges, plan, refused, busy, decide }: Props) {
  const [draft, setDraft] = useStored<Draft>("choice", EMPTY);
  const [champion, setChampion] = useState<string | null>(null);
  const set = (name: Exclude<keyof Draft, "floors">) => (value: string) => setDraft((before) => ({ ...before, [name]: value }));
  const { options, errors } = checked(plan ? { ...draft, looks: "", maxScenarios: "" } : draft, criteria, champion, judges);
  const blamed = camel(refused?.path[0] ?? "");
  const errorAt = (name: string) => errors[name] ?? (refused && blamed === name ? refused.message : undefined);
  const isSound = Object.keys(errors).length === 0;
  const field = (name: Exclude<keyof Draft, "floors">, label: string, description: string, placeholder: string) => (
    <TextInput
      label={label}
      description={description}
      placeholder={placeholder}
      inputMode="decimal"
      autoComplete="off"
      value={draft[name]}
      onChange={(event) => set(name)(event.currentTarget.value)}
      error={errorAt(name)}
    />
  );
  return (
    <form
      className="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (isSound && !busy) decide(options);
      }}
    >
      <div className="fields">
        {field("margin", "Margin", "The difference in score that does not matter", "0.2")}
        {field("maxCostPer1k", "Most that 1,000 tips may cost", "USD", "no limit")}
        {field("maxP95Ms", "95th percentile of the latency", "At most so many ms", "no limit")}
      </div>
      <details>
        <summary>Floors of criteria, the cell in use, and looks</summary>
        <div className="stack">
          <div className="fields">
            {criteria.map((criterion) => (
              <TextInput
                key={criterion}
                label={`Least of ${criterion}`}
                placeholder="no floor"
                inputMode="decimal"
                autoComplete="off"
                value={draft.floors[criterion] ?? ""}
                onChange={({ currentTarget: { value } }) => setDraft((before) => ({ ...before, floors: { ...before.floors, [criterion]: value } }))}
                error={errorAt(`floor ${criterion}`)}
              />
            ))}
          </div>
          <div className="fields">
            <Select
              label="The cell in use"
              description="It stays unless there is a reason to change"
              placeholder="the last one that was shipped"
              clearable
              searchable
              data={[...new Set(cells)]}
              value={champion}
              onChange={setChampion}
              error={errorAt("champion")}
            />
            {plan ? (
              <p className="soft small">
                {plan.looks > 1 ? `${counted(plan.looks, "look")} were planned by the first choice, the last at ${counted(plan.maxScenarios, "scenario")}.` : "One look was planned by the first choice; one at other scores decides nothing."}
              </p>
            ) : (
              <>
                {field("looks", "Looks", "How often you will ask as scores come in", "1")}
                {field("maxScenarios", "Scenarios at the last look", "Needed for more than one look", "those of now")}
              </>
            )}
          </div>
        </div>
      </details>
      {refused && !SHOWN.includes(blamed) && (
        <p role="alert" className="bad">
          {refused.message}
        </p>
      )}
      <Button type="submit" className="start" loading={busy} disabled={!isSound}>
        Tell me which to ship
      </Button>
    </form>
  );
}
