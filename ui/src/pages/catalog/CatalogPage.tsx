import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { useQuery } from "urql";
import { Link, Redirect, Route, Switch } from "wouter";

import { Loading } from "../../app/Loading";
import { Problem } from "../../app/Problem";
import { sentence } from "../../lib/client";
import { store, stored } from "../../lib/entry";
import { counted } from "../../lib/format";
import { useTitle } from "../../lib/title";
import { useTyped } from "../../lib/useTyped";
import { NotFoundPage } from "../NotFoundPage";
import { CatalogTabs } from "./CatalogTabs";
import { EntryPage } from "./EntryPage";
import { isKind, KINDS, layer, pathOf, type Kind, type Line } from "./kinds";
import { ModelsPage } from "./ModelsPage";
import { NewEntryPage } from "./NewEntryPage";
import { TryPage } from "./TryPage";
import { byName } from "./versions";

/** Everything that a benchmark is made of. */
export default function CatalogPage() {
  return (
    <Switch>
      <Route path="/catalog">
        <Redirect to="/catalog/prompts" replace />
      </Route>
      <Route path="/catalog/models" component={ModelsPage} />
      <Route path="/catalog/try" component={TryPage} />
      <Route path="/catalog/:kind">{({ kind }) => (isKind(kind) ? <ListPage key={kind} kind={kind} /> : <NotFoundPage />)}</Route>
      <Route path="/catalog/:kind/new">
        {({ kind }) => (isKind(kind) && KINDS[kind].addable ? <NewEntryPage key={kind} kind={kind} /> : <NotFoundPage />)}
      </Route>
      <Route path="/catalog/:kind/:name">
        {({ kind, name }) => (isKind(kind) ? <EntryPage key={kind + name} kind={kind} name={name} /> : <NotFoundPage />)}
      </Route>
      <Route component={NotFoundPage} />
    </Switch>
  );
}

const SHOWN = 100;

function ListPage({ kind }: { kind: Kind }) {
  const words = KINDS[kind];
  useTitle(words.title);
  const [search, setSearch] = useTyped("search");
  const [most, setMost] = useState(() => stored<number>(kind, search) ?? SHOWN);
  const showMore = () => {
    store(kind, search, most + 5 * SHOWN);
    setMost(most + 5 * SHOWN);
  };
  const [{ data, error, fetching }, refresh] = useQuery({ query: words.list, variables: {} });
  const again = () => refresh({ requestPolicy: "network-only" });
  const groups = byName(data?.catalog.entries ?? []).filter((versions) => matches(versions, search));
  return (
    <div className="stack">
      <div className="spread">
        <h1>Catalog</h1>
        {words.addable && (
          <Button component={Link} to={`/catalog/${kind}/new`}>
            Add a {words.one}
          </Button>
        )}
      </div>
      <CatalogTabs at={kind} />
      <p className="soft">{words.about}</p>
      <div role="search">
        <TextInput
          label="Search"
          type="search"
          placeholder={`a part of a ${words.one}'s name or text`}
          value={search}
          onChange={(event) => {
            setMost(SHOWN);
            setSearch(event.currentTarget.value);
          }}
        />
      </div>
      {error && (
        <Problem title={data ? "This may be old" : "The catalog could not be read"} again={again}>
          {sentence(error)}
        </Problem>
      )}
      {!data && fetching && <Loading what={words.title} />}
      {data && !groups.length && <Nothing kind={kind} searched={Boolean(search)} />}
      {groups.length > 0 && <Rows kind={kind} groups={groups.slice(0, most)} />}
      {data && groups.length > 0 && (
        <p className="soft small" role="status">
          {groups.length > most ? `${counted(most, words.one)} of ${counted(groups.length, words.one)} shown` : counted(groups.length, words.one)}
        </p>
      )}
      {groups.length > most && (
        <Button variant="default" onClick={showMore}>
          Show more
        </Button>
      )}
    </div>
  );
}

function matches(versions: Line[], search: string): boolean {
  const wanted = search.trim().toLowerCase();
  return versions.some((each) => `${each.name} ${each.description} ${areaOf(each)}`.toLowerCase().includes(wanted));
}

function areaOf(line: Line): string {
  const content = line.content as { area?: string; locale?: string } | undefined;
  // A locale is one word: it breaks at no hyphen.
  return [content?.area, content?.locale?.replaceAll("-", "\u2011")].filter(Boolean).join(", ");
}

function Nothing({ kind, searched }: { kind: Kind; searched: boolean }) {
  if (searched) return <p className="card empty">Nothing is like that: take a part of the search away.</p>;
  return (
    <p className="card empty">
      {kind === "judges" ? "No judge is a model or a command yet: docs/catalog.md says how one is written." : `There is no ${KINDS[kind].one} yet.`}
    </p>
  );
}

function Rows({ kind, groups }: { kind: Kind; groups: Line[][] }) {
  const isVersioned = kind === "prompts" || kind === "rubrics";
  return (
    <div className="scroll">
      <table className="list cards">
        <caption className="unseen">{KINDS[kind].title}</caption>
        <thead>
          <tr>
            <th scope="col">Name</th>
            {kind === "scenarios" && <th scope="col">Area, locale</th>}
            <th scope="col">{kind === "scenarios" ? "Situation" : "Description"}</th>
            {isVersioned && <th scope="col">Newest version</th>}
            <th scope="col">Where</th>
          </tr>
        </thead>
        <tbody>
          {groups.map((versions) => {
            const newest = versions[0] as Line;
            return (
              <tr key={newest.name}>
                <td>
                  <Link className="name" to={pathOf(kind, newest.name)}>
                    {newest.name}
                  </Link>
                </td>
                {kind === "scenarios" && <td data-label="Area, locale">{areaOf(newest)}</td>}
                <td className="said-text" dir="auto">
                  {newest.description}
                </td>
                {isVersioned && (
                  <td data-label="Newest version">
                    {newest.version}
                    {versions.length > 1 && <div className="soft small">{counted(versions.length, "version")}</div>}
                  </td>
                )}
                <td data-label="Where" className="soft">
                  {layer(newest.origin)}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
