import { Button, Textarea } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useEffect, useState } from "react";
import { useMutation, useQuery } from "urql";
import { Link, useLocation, useSearchParams } from "wouter";

import { AddPromptDocument, AddRubricDocument, AddScenarioDocument, PreviewEntryDocument } from "../../gql/graphql";
import { sentence } from "../../lib/client";
import { failureOf } from "../../lib/failures";
import { useStored } from "../../lib/stored";
import { useTitle } from "../../lib/title";
import { Fields, Questions } from "./Content";
import { KINDS, pathOf, type Kind } from "./kinds";
import { Messages, ScenarioChoice } from "./Rendered";
import { STARTS } from "./starts";
import { nextVersion, withVersion } from "./versions";

/** Writes an entry with everything that is wrong with it, and what it will look like, beside it. */
export function NewEntryPage({ kind }: { kind: Kind }) {
  const words = KINDS[kind];
  useTitle(`New ${words.one}`);
  const [, go] = useLocation();
  const [text, setText] = useStored(`catalog-new-${kind}`, STARTS[kind] ?? "");
  const [scenario, setScenario] = useState<string | null>(null);
  const { entries: versions, isStarting } = useStart(kind, setText);
  const [steady] = useDebouncedValue(text, 300);
  const [{ data, error, stale, fetching }] = useQuery({
    query: PreviewEntryDocument,
    variables: { kind: words.addable ?? "PROMPT", text: steady, scenario },
    pause: !steady.trim(),
    requestPolicy: "network-only",
  });
  const preview = data?.previewEntry.__typename === "EntryPreview" && steady.trim() ? data.previewEntry : null;
  const failure = steady.trim() ? failureOf(data?.previewEntry) : null;
  const { add, adding, refused } = useAdding(kind);
  const isCurrent = steady === text && !fetching && !stale;
  const taken = preview?.state === "taken" ? preview.entry : null;
  const free = taken ? nextVersion(versions.filter((each) => each.name === taken.name).map((each) => each.version)) : "";
  const save = async () => {
    const added = await add(text);
    if (!added) return;
    setText(STARTS[kind] ?? "");
    go(pathOf(kind, added.name, kind === "scenarios" ? undefined : added.version));
  };
  return (
    <form
      className="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (preview?.state === "new" && isCurrent && !adding) void save();
      }}
    >
      <nav aria-label="Where this is" className="small">
        <Link to={`/catalog/${kind}`}>{words.title}</Link>
      </nav>
      <div className="spread">
        <h1>Add a {words.one}</h1>
        <Button variant="default" size="xs" onClick={() => setText(STARTS[kind] ?? "")}>
          Start over
        </Button>
      </div>
      <div className="halves">
        <div className="stack">
          <Textarea
            label={kind === "scenarios" ? "Scenario, as JSON" : kind === "prompts" ? "Prompt file" : "Rubric, as TOML"}
            description={HINTS[kind]}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            rows={22}
            spellCheck={false}
            autoComplete="off"
            dir="auto"
            classNames={{ input: "code" }}
            error={failure?.path.includes("text") ? failure.message.split("; ").join("\n") : undefined}
          />
          {taken && (
            <div role="alert" className="warn stack tight">
              <p>
                {taken.name}
                {kind !== "scenarios" && ` version ${taken.version}`} is there with other content, and never changes.
              </p>
              {kind !== "scenarios" && (
                <Button variant="default" onClick={() => setText(withVersion(text, free))}>
                  Use version {free}
                </Button>
              )}
            </div>
          )}
          {preview?.state === "same" && <p className="soft">Exactly this is in the catalog already.</p>}
          {(refused || error || (failure && !failure.path.includes("text") && !failure.path.includes("scenario"))) && (
            <p role="alert" className="bad">
              {refused ?? (error ? sentence(error) : failure?.message)}
            </p>
          )}
          <div className="row">
            <Button type="submit" disabled={preview?.state !== "new" || !isCurrent} loading={adding}>
              {preview?.state === "new" ? `Add ${preview.entry.name}${kind === "scenarios" ? "" : `, version ${preview.entry.version}`}` : "Add"}
            </Button>
            {kind === "prompts" && (
              <Button component={Link} to="/catalog/try?draft=1" variant="default">
                Try it first
              </Button>
            )}
            <span className="soft small">It can be used at once, and stays for good.</span>
          </div>
        </div>
        <aside className={isCurrent ? "stack" : "stack soft"} aria-label="Preview" aria-live="polite" aria-busy={isStarting || (!isCurrent && Boolean(text.trim()))}>
          <h2>{kind === "prompts" ? "As a model is sent it" : "Preview"}</h2>
          {kind === "prompts" && <ScenarioChoice value={scenario} change={setScenario} />}
          {preview && kind === "prompts" && <Messages messages={preview.messages} unrendered={preview.unrendered ?? null} />}
          {preview && kind === "rubrics" && <Questions content={preview.entry.content} />}
          {preview && kind === "scenarios" && <Fields content={preview.entry.content} />}
          {!preview && <p className="soft">{failure ? "Mend what is marked, and the preview stands here." : "Write, and the preview stands here."}</p>}
        </aside>
      </div>
    </form>
  );
}

const HINTS: Partial<Record<Kind, string>> = {
  prompts: "TOML between two +++ lines, then the text; {{ situation }} and {{ context }} stand for the scenario",
  scenarios: "id and situation are needed; every other field is context",
  rubrics: "A scale, and a [[criteria]] for each question",
};

/** Fills the form with `?from=NAME@VERSION` under the next free version; gives all entries, and whether it is still to. */
function useStart(kind: Kind, setText: (text: string) => void) {
  const [params, setParams] = useSearchParams();
  const from = params.get("from");
  const [{ data }] = useQuery({ query: KINDS[kind].whole, variables: {} });
  const entries = data?.catalog.entries;
  useEffect(() => {
    if (!from || !entries) return;
    const found = entries.find((each) => (kind === "scenarios" ? each.name : `${each.name}@${each.version}`) === from);
    if (found) {
      const used = entries.filter((each) => each.name === found.name).map((each) => each.version);
      setText(found.text ? withVersion(found.text, nextVersion(used)) : JSON.stringify({ ...(found.content as object), id: `${found.name}-2` }, null, 2));
    }
    setParams({}, { replace: true });
  }, [from, entries, kind, setText, setParams]);
  return { entries: entries ?? [], isStarting: from !== null };
}

/** Adds by the mutation of the kind; gives what was added, or null with the reason in `refused`. */
function useAdding(kind: Kind) {
  const [prompt, addPrompt] = useMutation(AddPromptDocument);
  const [rubric, addRubric] = useMutation(AddRubricDocument);
  const [scenario, addScenario] = useMutation(AddScenarioDocument);
  const [refused, setRefused] = useState<string | null>(null);
  const add = async (text: string) => {
    setRefused(null);
    const result =
      kind === "prompts" ? await addPrompt({ text }) : kind === "rubrics" ? await addRubric({ text }) : await addScenario({ scenario: JSON.parse(text) as unknown });
    const added = result.data?.added;
    if (added?.__typename === "CatalogEntry") return added;
    setRefused(failureOf(added)?.message ?? (result.error ? sentence(result.error) : "It was not added."));
    return null;
  };
  return { add, adding: prompt.fetching || rubric.fetching || scenario.fetching, refused };
}
