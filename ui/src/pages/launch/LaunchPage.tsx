import { Button, Select, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useEffect, useMemo, useState } from "react";
import { useMutation, useQuery } from "urql";
import { useLocation, useSearchParams } from "wouter";

import { Loading } from "../../app/Loading";
import { Problem } from "../../app/Problem";
import { CatalogDocument, ExperimentNamesDocument, ExtendedSpecDocument, LaunchDocument, PlanDocument } from "../../gql/graphql";
import { sentence } from "../../lib/client";
import { failureOf, fieldOf, type Failure } from "../../lib/failures";
import { read, useStored, write } from "../../lib/stored";
import { useSteady } from "../../lib/useSteady";
import { useTitle } from "../../lib/title";
import { Choices, Preview, Scenarios } from "./Choices";
import { checked, EMPTY, FIELDS, isBlank, nextName, toSend, type Draft, type Field, type Sent } from "./draft";
import { modelChoices, promptChoices, scenarioChoices } from "./entries";
import { JudgesField } from "./JudgesField";
import { MoreOptions } from "./MoreOptions";
import { inWords, LABELS } from "./options";
import { OptionText, type TextField } from "./OptionText";
import { PlanCard, type Plan } from "./PlanCard";

const TAKEN = "This name is taken, by an experiment with other options: choose another, or mend what is marked below.";
const UNANSWERED = "launch-unanswered";

/** The form that launches a benchmark, with its plan as it stands. */
export default function LaunchPage() {
  useTitle("Launch");
  const [draft, setDraft] = useStored<Draft>("launch-draft", EMPTY);
  const [, go] = useLocation();
  const [{ data: catalog, error, fetching }, again] = useQuery({ query: CatalogDocument, requestPolicy: "cache-first" });
  const set = <Name extends Field>(name: Name, value: Draft[Name]) => setDraft((before) => ({ ...before, [name]: value }));
  const [replaced, setReplaced] = useStored<Draft | null>("launch-replaced", null);
  /** Another draft in place of this one, which can be brought back. */
  const replace = useSteady((next: Draft) => {
    setReplaced(isBlank(draft) ? null : draft);
    setDraft(next);
  });
  useExtended(replace);

  const { input, errors } = useMemo(() => checked(draft), [draft]);
  const json = JSON.stringify(input);
  const [steady] = useDebouncedValue(json, 400);
  const isSound = Object.keys(errors).length === 0;
  const [{ data: planned, error: planError, stale, fetching: planning }, planAgain] = useQuery({
    query: PlanDocument,
    variables: { spec: JSON.parse(steady) },
    pause: !isSound || steady !== json,
    requestPolicy: "network-only",
  });
  const [{ fetching: launching }, launch] = useMutation(LaunchDocument);
  const [refused, setRefused] = useState<{ failure: Failure | null; message: string; of: string } | null>(null);

  const plan = planned?.plan.__typename === "Plan" && isSound ? (planned.plan as Plan) : null;
  const failure = refused?.of === json ? refused.failure : isSound ? failureOf(planned?.plan) : null;
  const field = fieldOf(failure, FIELDS);
  const [touched, setTouched] = useState<ReadonlySet<Field>>(new Set());
  const isTaken = failure?.code === "NAME_TAKEN" && field !== null && field !== "experiment";
  const said = failure ? inWords(failure.message) : undefined;
  const errorAt = (name: Field) => (name === "experiment" && isTaken ? TAKEN : name === field ? said : touched.has(name) || draft[name] ? errors[name] : undefined);
  const problem = failure && !field ? said ?? null : refused?.of === json && !failure ? refused.message : planError && isSound ? sentence(planError) : null;

  const isMarked = field !== null || Object.keys(errors).some((name) => name !== "experiment" || draft.experiment);
  const hint = isMarked ? "Mend the field that is marked, and the plan stands here." : draft.experiment ? "Being planned …" : "Give it a name, and the plan stands here.";

  const start = async () => {
    const sent = toSend(read<Sent>(UNANSWERED), json, () => `panel-${crypto.randomUUID()}`);
    write(UNANSWERED, sent);
    const result = await launch({ input, key: sent.key });
    if (result.data) write(UNANSWERED, null);
    const found = failureOf(result.data?.launchBenchmark);
    if (result.error || found) {
      setRefused({ failure: found, message: result.error ? sentence(result.error) : "", of: json });
      return;
    }
    setDraft(EMPTY);
    setReplaced(null);
    go(`/experiments/${input.experiment}`);
  };

  if (error && !catalog) {
    return (
      <div className="stack">
        <h1>Launch a benchmark</h1>
        <Problem title="The catalog could not be read" again={() => again({ requestPolicy: "network-only" })}>
          {sentence(error)}
        </Problem>
      </div>
    );
  }
  if (!catalog) return fetching ? <Loading what="the catalog" rows={8} /> : null;
  const { models, prompts, scenarios, rubrics } = catalog.catalog;
  const text = (name: TextField, description: string, placeholder: string) => (
    <OptionText name={name} description={description} placeholder={placeholder} value={draft[name]} change={(value) => set(name, value)} error={errorAt(name)} />
  );
  return (
    <form
      className="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (plan && !launching) void start();
      }}
    >
      <div className="spread">
        <h1>{draft.extends ? "Launch again, with more" : "Launch a benchmark"}</h1>
        <Button variant="default" size="xs" onClick={() => replace(EMPTY)} disabled={isBlank(draft)}>
          Start over
        </Button>
      </div>
      <p className="soft">Only a name is needed: what is left empty is as the grey words in its field say.</p>
      {replaced && (
        <div className="card row" role="status">
          <span className="grow">{draft.extends ? `The form now has what ${draft.extends} has, in place of what you had typed.` : "What you had typed was taken away."}</span>
          <Button size="xs" variant="default" onClick={() => { setDraft(replaced); setReplaced(null); }}>
            Bring it back
          </Button>
          <Button size="xs" variant="subtle" onClick={() => setReplaced(null)}>
            Leave it
          </Button>
        </div>
      )}
      <div className="two">
        <div className="stack">
          <TextInput
            className="card"
            label={LABELS.experiment}
            description="tip-bench- and what you like, for good: a name is never used again"
            placeholder="tip-bench-spring"
            required
            autoComplete="off"
            spellCheck={false}
            value={draft.experiment}
            onChange={(event) => set("experiment", event.currentTarget.value)}
            onBlur={() => setTouched((before) => new Set(before).add("experiment"))}
            error={errorAt("experiment")}
          />
          <Choices
            legend="Models"
            hint={draft.extends ? "None chosen: those of the experiment that this one extends" : "None chosen: the project's defaults"}
            choices={modelChoices(models)}
            chosen={draft.models}
            change={(chosen) => set("models", chosen)}
            error={errorAt("models")}
          />
          <Choices
            legend="Prompts"
            hint={draft.extends ? "None chosen: those of the experiment that this one extends" : "None chosen: every prompt of the catalog, in its newest version"}
            choices={promptChoices(prompts)}
            chosen={draft.prompts}
            change={(chosen) => set("prompts", chosen)}
            error={errorAt("prompts")}
          />
          <section className="card stack" aria-labelledby="scenarios">
            <h2 id="scenarios">Scenarios and spending</h2>
            <div className="fields">
              {text("nScenarios", `Drawn from ${scenarios.length}, in the catalog's mix of areas`, String(Math.min(12, scenarios.length)))}
              {text("nTips", "For each cell and scenario", "1")}
              {text("maxCost", "Collecting stops before it is spent", "none")}
            </div>
            <Scenarios choices={scenarioChoices(scenarios)} />
          </section>
          <section className="card stack" aria-labelledby="judging">
            <h2 id="judging">Judging</h2>
            <JudgesField value={draft.judges} change={(value) => set("judges", value)} error={errorAt("judges")} me={catalog.me.judge ?? "me"} entries={catalog.catalog.judges} />
            <div className="fields">
              <Select
                label={LABELS.rubric}
                description="What tips are judged by"
                placeholder="tips"
                clearable
                data={rubrics.map((rubric) => `${rubric.name}@${rubric.version}`)}
                value={draft.rubric || null}
                onChange={(value) => set("rubric", value ?? "")}
                error={errorAt("rubric")}
              />
              {text("maxJudgeCost", "Judging by models stops before it is spent", "none")}
            </div>
            {rubrics
              .filter((rubric) => `${rubric.name}@${rubric.version}` === draft.rubric)
              .map((rubric) => (
                <Preview key={rubric.name} content={rubric.content} of={draft.rubric} />
              ))}
          </section>
          <MoreOptions draft={draft} set={set} errorAt={errorAt} />
        </div>
        <PlanCard
          plan={plan}
          stale={stale || planning || steady !== json}
          problem={problem}
          again={planError && isSound && !planning ? () => planAgain({ requestPolicy: "network-only" }) : null}
          hint={hint}
          canLaunch={plan !== null && steady === json && !planning && !(refused?.of === json && refused.failure)}
          launching={launching}
          launch={() => void start()}
        />
      </div>
    </form>
  );
}

/** `?extends=NAME` fills the form with what that experiment has, under the next name. */
function useExtended(replace: (draft: Draft) => void): void {
  const [params, setParams] = useSearchParams();
  const name = params.get("extends");
  const [{ data }] = useQuery({ query: ExtendedSpecDocument, variables: { name: name ?? "" }, pause: !name });
  const [{ data: names }] = useQuery({ query: ExperimentNamesDocument, pause: !name });
  const found = data?.experiment;
  const taken = names?.experiments.nodes;
  useEffect(() => {
    if (!name || !found || !taken) return;
    const spec = found.spec as { models?: { name: string }[]; prompts?: { name: string }[] };
    const named = (entries?: { name: string }[]) => (entries ?? []).map((each) => each.name);
    const next = nextName(found.name, taken.map((each) => each.name));
    replace({ ...EMPTY, experiment: next, extends: found.name, models: named(spec.models), prompts: named(spec.prompts) });
    setParams({}, { replace: true });
  }, [name, found, taken, replace, setParams]);
}
