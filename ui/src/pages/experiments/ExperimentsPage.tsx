import { Button, SegmentedControl, Select, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { useQuery } from "urql";
import { Link, useSearchParams } from "wouter";

import { Loading } from "../../app/Loading";
import { Problem } from "../../app/Problem";
import { ExperimentsDocument, type ExperimentFilter } from "../../gql/graphql";
import { sentence } from "../../lib/client";
import { counted } from "../../lib/format";
import { withParameter } from "../../lib/parameters";
import { useTitle } from "../../lib/title";
import { ExperimentRows } from "./ExperimentRows";
import { FirstLaunch } from "./FirstLaunch";
import { listArguments, ORDERS, STATES, type Choice } from "./listing";

/** All experiments: which there are, how far each is, and who leads how surely. */
export function ExperimentsPage() {
  useTitle("Experiments");
  const [params, setParams] = useSearchParams();
  const choice: Choice = Object.fromEntries(params);
  const [typed, setTyped] = useState(choice.search ?? "");
  const [search] = useDebouncedValue(typed, 250);
  const [pages, setPages] = useState<string[]>([]);
  const { where, sort, descending } = listArguments({ ...choice, search });
  const isFiltered = Boolean(where.search || where.state || where.archived);

  const choose = (name: keyof Choice, value: string | null) => {
    setPages([]);
    setParams((before) => withParameter(before, name, value || null), { replace: true });
  };

  return (
    <div className="stack">
      <div className="spread">
        <h1>Experiments</h1>
        <Button component={Link} to="/launch">
          Launch a benchmark
        </Button>
      </div>
      <div className="row end" role="search">
        <TextInput
          className="grow"
          label="Name"
          type="search"
          placeholder="a part of it"
          value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            choose("search", event.currentTarget.value);
          }}
        />
        <Select label="State" data={STATES} value={choice.state ?? ""} onChange={(value) => choose("state", value)} allowDeselect={false} />
        <Select label="Order" data={ORDERS} value={choice.order ?? "newest"} onChange={(value) => choose("order", value)} allowDeselect={false} />
        <SegmentedControl
          aria-label="Which experiments"
          data={[
            { value: "", label: "In use" },
            { value: "yes", label: "Archived" },
          ]}
          value={choice.archived ?? ""}
          onChange={(value) => choose("archived", value)}
        />
      </div>
      {["", ...pages].map((after, number) => (
        <Page
          key={after}
          after={after || null}
          where={where}
          sort={sort}
          descending={descending}
          isFirst={number === 0}
          isLast={number === pages.length}
          isFiltered={isFiltered}
          more={(cursor) => setPages((before) => [...before, cursor])}
        />
      ))}
    </div>
  );
}

interface PageProps {
  after: string | null;
  where: ExperimentFilter;
  sort: "NAME" | "CREATED_AT";
  descending: boolean;
  isFirst: boolean;
  isLast: boolean;
  isFiltered: boolean;
  more: (cursor: string) => void;
}

function Page({ after, where, sort, descending, isFirst, isLast, isFiltered, more }: PageProps) {
  const [{ data, error, fetching }, refresh] = useQuery({
    query: ExperimentsDocument,
    variables: { first: 50, after, where, sort, descending },
  });
  const again = () => refresh({ requestPolicy: "network-only" });
  if (error && !data) {
    return (
      <Problem title="The experiments could not be read" again={again}>
        {sentence(error)}
      </Problem>
    );
  }
  if (!data) return fetching ? <Loading what="experiments" /> : null;
  const { nodes, pageInfo } = data.experiments;
  if (!nodes.length && isFirst && !isFiltered) return <FirstLaunch />;
  if (!nodes.length) return <p className="card empty">No experiment is like that: take a part of the search away.</p>;
  return (
    <>
      {error && <Problem title="This may be old" again={again}>{sentence(error)}</Problem>}
      <ExperimentRows experiments={nodes} isFirst={isFirst} changed={again} />
      {isLast && (
        <p className="soft small" role="status">
          {pageInfo.hasNextPage ? `${counted(nodes.length, "experiment")} more shown, and there are others` : isFirst ? counted(nodes.length, "experiment") : "These are all"}
        </p>
      )}
      {isLast && pageInfo.hasNextPage && pageInfo.endCursor && (
        <Button variant="default" onClick={() => more(pageInfo.endCursor as string)}>
          Show more
        </Button>
      )}
    </>
  );
}
