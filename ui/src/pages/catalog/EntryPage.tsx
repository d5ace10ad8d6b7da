import { Button, Select } from "@mantine/core";
import { useQuery } from "urql";
import { Link, useSearchParams } from "wouter";

import { Loading } from "../../app/Loading";
import { Problem } from "../../app/Problem";
import { sentence } from "../../lib/client";
import { withParameter } from "../../lib/parameters";
import { useTitle } from "../../lib/title";
import { NotFoundPage } from "../NotFoundPage";
import { Content } from "./Content";
import { Difference } from "./Difference";
import { KINDS, layer, type Kind, type Whole } from "./kinds";
import { Rendered } from "./Rendered";
import { TryJudge } from "./TryJudge";
import { byVersion } from "./versions";

/** One entry of the catalog: its versions, what each says, and what changed between two. */
export function EntryPage({ kind, name }: { kind: Kind; name: string }) {
  const words = KINDS[kind];
  useTitle(name);
  const [{ data, error, fetching }, refresh] = useQuery({ query: words.whole, variables: {} });
  const [params, setParams] = useSearchParams();
  const versions = (data?.catalog.entries ?? []).filter((each) => each.name === name).sort((one, other) => byVersion(other.version, one.version));
  const shown = versions.find((each) => each.version === params.get("version")) ?? (params.has("version") ? undefined : versions[0]);
  const other = versions.find((each) => each.version === params.get("against") && each !== shown);
  const set = (key: string, value: string | null) =>
    setParams((before) => withParameter(before, key, value || null));
  if (error && !data) {
    return (
      <Problem title="The catalog could not be read" again={() => refresh({ requestPolicy: "network-only" })}>
        {sentence(error)}
      </Problem>
    );
  }
  if (!data) return fetching ? <Loading what={name} /> : null;
  if (!shown) return <NotFoundPage />;
  const isVersioned = words.addable !== null && kind !== "scenarios";
  return (
    <div className="stack">
      <nav aria-label="Where this is" className="small">
        <Link to={`/catalog/${kind}`}>{words.title}</Link>
      </nav>
      <div className="spread">
        <h1 className="name">{name}</h1>
        <div className="row">
          {kind === "prompts" && (
            <Button component={Link} to={`/catalog/try?prompt=${encodeURIComponent(`${name}@${shown.version}`)}`} variant="default">
              Try it
            </Button>
          )}
          {words.addable && (
            <Button component={Link} to={`/catalog/${kind}/new?from=${encodeURIComponent(kind === "scenarios" ? name : `${name}@${shown.version}`)}`}>
              {isVersioned ? "New version" : "Another like it"}
            </Button>
          )}
        </div>
      </div>
      {kind !== "scenarios" && <p dir="auto">{shown.description}</p>}
      {isVersioned && (
        <div className="row end">
          <Select
            label="Version"
            data={versions.map((each) => each.version)}
            value={shown.version}
            allowDeselect={false}
            onChange={(value) => set("version", value)}
          />
          {versions.length > 1 && (
            <Select
              label="Compare with"
              placeholder="nothing"
              clearable
              data={versions.filter((each) => each !== shown).map((each) => each.version)}
              value={other?.version ?? null}
              onChange={(value) => set("against", value)}
            />
          )}
        </div>
      )}
      <p className="soft small">
        {layer(shown.origin)}, hash <code title={shown.hash}>{shown.hash.slice(0, 12)}</code>
      </p>
      {other ? <Difference before={textOf(other)} after={textOf(shown)} from={other.version} to={shown.version} /> : <Content kind={kind} entry={shown} />}
      {kind === "prompts" && shown.text && <Rendered text={shown.text} />}
      {kind === "judges" && <TryJudge judge={name} />}
    </div>
  );
}

function textOf(entry: Whole): string {
  return entry.text ?? JSON.stringify(entry.content, null, 2);
}
