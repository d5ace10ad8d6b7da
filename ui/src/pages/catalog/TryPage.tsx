import { Button, Select, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useMemo, useState } from "react";
import { useMutation, useQuery } from "urql";
import { Link, useSearchParams } from "wouter";

import { Loading } from "../../app/Loading";
import { Problem } from "../../app/Problem";
import { CatalogModelsDocument, CatalogPromptsDocument, PlanTrialDocument, TryPromptDocument, type TryPromptMutation } from "../../gql/graphql";
import { sentence } from "../../lib/client";
import { failureOf, fieldOf } from "../../lib/failures";
import { count, latency, money } from "../../lib/format";
import { withParameter } from "../../lib/parameters";
import { useTitle } from "../../lib/title";
import { byName } from "./versions";
import { Messages, ScenarioChoice } from "./Rendered";
import { askLabel, checked, EMPTY, FIELDS, type Draft, type Field } from "./trial";

type Answer = Extract<TryPromptMutation["tryPrompt"], { __typename: "Trial" }>;

/** Asks a model once with one prompt for one scenario: the cost first, then the answer; nothing is kept. */
export function TryPage() {
  useTitle("Try a prompt");
  const [params, setParams] = useSearchParams();
  const [unsaved] = useState(() => (params.has("draft") ? storedDraft() : ""));
  const draft: Draft = { ...EMPTY, ...Object.fromEntries(params), text: unsaved };
  const set = (name: Field, value: string | null) =>
    setParams((before) => withParameter(before, name, value), { replace: true }); // also a blank one, or typing could not empty a field
  const { input, errors } = checked(draft);
  const json = JSON.stringify(input);
  const [steady] = useDebouncedValue(json, 300);
  const [{ data: models, error, fetching }, again] = useQuery({ query: CatalogModelsDocument, requestPolicy: "cache-first" });
  const [{ data: prompts }] = useQuery({ query: CatalogPromptsDocument, requestPolicy: "cache-first" });
  const [{ data: planned, error: planError, stale, fetching: planning }] = useQuery({
    query: PlanTrialDocument,
    variables: { input: JSON.parse(steady) },
    pause: input === null || steady !== json,
    requestPolicy: "network-only",
  });
  const plan = planned?.planTrial.__typename === "TrialPlan" && input ? planned.planTrial : null;
  const failure = input ? failureOf(planned?.planTrial) : null;
  const field = fieldOf(failure, FIELDS);
  const errorAt = (name: Field) => (name === field ? failure?.message : errors[name]);
  const isCurrent = steady === json && !planning && !stale;
  const names = useMemo(() => byName(prompts?.catalog.entries ?? []).flatMap((versions) => versions.map((each) => `${each.name}@${each.version}`)), [prompts]);
  const [{ fetching: asking, data: asked, error: askError }, ask] = useMutation(TryPromptDocument);
  const [askedOf, setAskedOf] = useState("");
  const answer = asked?.tryPrompt.__typename === "Trial" && askedOf === json ? asked.tryPrompt : null;
  const refused = askedOf === json ? (failureOf(asked?.tryPrompt)?.message ?? (askError && sentence(askError))) : null;

  if (error && !models) {
    return (
      <Problem title="The catalog could not be read" again={() => again({ requestPolicy: "network-only" })}>
        {sentence(error)}
      </Problem>
    );
  }
  if (!models) return fetching ? <Loading what="the catalog" /> : null;
  const go = () => {
    if (!input || !plan) return;
    setAskedOf(json);
    void ask({ input, maxCost: plan.cost ?? null });
  };
  return (
    <form
      className="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (plan && isCurrent && !asking) go();
      }}
    >
      <nav aria-label="Where this is" className="small">
        <Link to="/catalog/prompts">Prompts</Link>
      </nav>
      <h1>Try a prompt</h1>
      <p className="soft">One request to one model, outside any experiment. Nothing is kept, and a remote model is paid for this one answer.</p>
      <div className="halves">
        <div className="stack">
          {unsaved ? (
            <p>
              With the <Link to="/catalog/prompts/new">prompt that is not added yet</Link>.
            </p>
          ) : (
            <Select label="Prompt" searchable data={names} value={draft.prompt || null} allowDeselect={false} onChange={(value) => set("prompt", value)} error={errorAt("prompt")} />
          )}
          <Select
            label="Model"
            searchable
            data={models.catalog.models.map((each) => ({ value: each.name, label: each.ready ? each.name : `${each.name} (set ${each.keyEnv})`, disabled: !each.ready }))}
            value={draft.model || null}
            allowDeselect={false}
            onChange={(value) => set("model", value)}
            error={errorAt("model")}
          />
          <ScenarioChoice value={draft.scenario || null} usual={plan?.scenario ?? null} change={(value) => set("scenario", value)} />
          <div className="fields">
            <TextInput label="Temperature" inputMode="decimal" value={draft.temperature} onChange={(event) => set("temperature", event.currentTarget.value)} error={errorAt("temperature")} />
            <TextInput label="Seed" inputMode="numeric" value={draft.seed} onChange={(event) => set("seed", event.currentTarget.value)} error={errorAt("seed")} />
          </div>
          {(refused || (failure && !field) || planError) && (
            <p role="alert" className="bad">
              {refused ?? (failure && !field ? failure.message : planError && sentence(planError))}
            </p>
          )}
          {(errorAt("text") || errorAt("scenario")) && (
            <p role="alert" className="bad">
              {errorAt("text") ?? errorAt("scenario")}
            </p>
          )}
          <dl className="facts" aria-label="Cost">
            <dt>Tokens in, about</dt>
            <dd>{count(plan?.tokensIn)}</dd>
            <dt>Tokens out, at most</dt>
            <dd>{count(plan?.tokensOut)}</dd>
            <dt>Cost, at most</dt>
            <dd>
              <strong>{plan && plan.cost === null ? "a price is not known" : money(plan?.cost)}</strong>
            </dd>
          </dl>
          <Button type="submit" disabled={!plan || !isCurrent} loading={asking}>
            {plan ? askLabel(plan.cost) : "Ask"}
          </Button>
        </div>
        <div className="stack">
          <section className="stack" aria-label="Answer" aria-live="polite" aria-busy={asking}>
            {asking && <p className="soft">Waiting for {draft.model} …</p>}
            {answer && <Answered answer={answer} />}
          </section>
          {plan && (
            <section className="stack" aria-labelledby="sent">
              <h2 id="sent">What is sent</h2>
              <Messages messages={plan.messages} unrendered={null} />
            </section>
          )}
          {!plan && !failure && !(draft.model && (draft.prompt || unsaved)) && <p className="soft">Choose a model and a prompt: what is sent and what it costs stand here before anything is asked.</p>}
        </div>
      </div>
    </form>
  );
}

function Answered({ answer }: { answer: Answer }) {
  return (
    <>
      <h2>{answer.kind === "text" ? "Tip" : `No tip: ${answer.kind}`}</h2>
      {answer.kind === "text" ? (
        <blockquote className="tip card" dir="auto">
          {answer.tip || "(blank after cuts)"}
        </blockquote>
      ) : (
        <p className="bad">{answer.error}</p>
      )}
      <p className="soft small">
        {count(answer.tokensIn)} tokens in, {count(answer.tokensOut)} out, {latency(answer.latencyMs)}, {money(answer.cost)}
      </p>
      {answer.raw && answer.raw !== answer.tip && (
        <details className="small">
          <summary>The answer as it came</summary>
          <pre className="text" dir="auto" tabIndex={0}>
            {answer.raw}
          </pre>
        </details>
      )}
    </>
  );
}

/** The text in the editor of a new prompt, which lies in the tab's own storage. */
function storedDraft(): string {
  try {
    return JSON.parse(sessionStorage.getItem("catalog-new-prompts") ?? '""') as string;
  } catch {
    return "";
  }
}
