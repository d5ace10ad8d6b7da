import { Select } from "@mantine/core";
import { useQuery } from "urql";
import { useSearchParams } from "wouter";

import { CatalogScenariosDocument, PreviewEntryDocument, type PreviewEntryQuery } from "../../gql/graphql";
import { sentence } from "../../lib/client";
import { failureOf } from "../../lib/failures";
import { withParameter } from "../../lib/parameters";

type Message = Extract<PreviewEntryQuery["previewEntry"], { __typename: "EntryPreview" }>["messages"][number];

/** A stored prompt as a model would be sent it for one scenario. */
export function Rendered({ text }: { text: string }) {
  const [params, setParams] = useSearchParams();
  const scenario = params.get("scenario");
  const [{ data, error, fetching }] = useQuery({ query: PreviewEntryDocument, variables: { kind: "PROMPT", text, scenario } });
  const failure = failureOf(data?.previewEntry);
  const preview = data?.previewEntry.__typename === "EntryPreview" ? data.previewEntry : null;
  const choose = (value: string | null) =>
    setParams((before) => withParameter(before, "scenario", value || null));
  return (
    <section className="stack" aria-labelledby="rendered">
      <h2 id="rendered">As a model is sent it</h2>
      <ScenarioChoice value={scenario} change={choose} />
      {failure || error ? (
        <p role="alert" className="bad">
          {failure?.message ?? (error && sentence(error))}
        </p>
      ) : (
        <div aria-busy={fetching}>
          <Messages messages={preview?.messages ?? []} unrendered={preview?.unrendered ?? null} />
        </div>
      )}
    </section>
  );
}

interface ScenarioChoiceProps {
  value: string | null;
  change: (value: string | null) => void;
  /** What is taken where nothing is chosen; the catalog's first by itself. */
  usual?: string | null | undefined;
}

/** Which scenario a prompt is rendered for. */
export function ScenarioChoice({ value, change, usual }: ScenarioChoiceProps) {
  const [{ data, fetching }] = useQuery({ query: CatalogScenariosDocument, requestPolicy: "cache-first" });
  const ids = data?.catalog.entries.map((each) => each.name) ?? [];
  const shown = value ?? (usual === undefined ? (ids[0] ?? null) : usual);
  const about = data?.catalog.entries.find((each) => each.name === shown)?.description;
  return (
    <Select
      label="Scenario"
      aria-busy={fetching && !data}
      description={about}
      searchable
      limit={100}
      data={value && !ids.includes(value) ? [value, ...ids] : ids}
      value={shown}
      allowDeselect={false}
      nothingFoundMessage="No scenario is called so"
      onChange={change}
    />
  );
}

export function Messages({ messages, unrendered }: { messages: readonly Message[]; unrendered: string | null }) {
  if (unrendered) {
    return (
      <p role="alert" className="bad">
        {unrendered}
      </p>
    );
  }
  return (
    <div className="stack tight">
      {messages.map((message, place) => (
        <div key={place} className="message">
          <h3 className="soft small">{message.role}</h3>
          <pre className="text" tabIndex={0} dir="auto">
            {message.content}
          </pre>
        </div>
      ))}
    </div>
  );
}
