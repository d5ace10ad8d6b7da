import { Button } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { useQuery, type AnyVariables, type UseQueryArgs, type TypedDocumentNode } from "urql";

import { Loading } from "../../app/Loading";
import { Problem } from "../../app/Problem";
import { sentence } from "../../lib/client";
import { count } from "../../lib/format";

export interface Connection<Row> {
  nodes: Row[];
  totalCount?: number | null;
  pageInfo: { hasNextPage: boolean; endCursor?: string | null };
}

interface Props<Data, Variables extends AnyVariables, Row> {
  /** What is listed, as people call it. */
  what: string;
  query: TypedDocumentNode<Data, Variables>;
  /** Variables beside `first` and `after`; a key for them lets another filter begin at its first page. */
  variables: Omit<Variables, "first" | "after">;
  pick: (data: Data) => Connection<Row>;
  rows: (rows: Row[], changed: () => void, data: Data) => ReactNode;
  empty: ReactNode;
}

/** A list that grows by its cursor, page under page, with its empty, loading and failed states. */
export function Paged<Data, Variables extends AnyVariables, Row>(props: Props<Data, Variables, Row>) {
  return <Pages key={JSON.stringify(props.variables)} {...props} />;
}

function Pages<Data, Variables extends AnyVariables, Row>(props: Props<Data, Variables, Row>) {
  const [cursors, setCursors] = useState<string[]>([]);
  return ["", ...cursors].map((after, number) => (
    <Page
      key={after}
      {...props}
      after={after || null}
      isFirst={number === 0}
      isLast={number === cursors.length}
      more={(cursor) => setCursors((before) => [...before, cursor])}
    />
  ));
}

interface PageProps<Data, Variables extends AnyVariables, Row> extends Props<Data, Variables, Row> {
  after: string | null;
  isFirst: boolean;
  isLast: boolean;
  more: (cursor: string) => void;
}

function Page<Data, Variables extends AnyVariables, Row>({ what, query, variables, pick, rows, empty, after, isFirst, isLast, more }: PageProps<Data, Variables, Row>) {
  const [{ data, error, fetching }, refresh] = useQuery({ query, variables: { first: 50, after, ...variables } as unknown as Variables } as UseQueryArgs<Variables, Data>);
  const again = () => refresh({ requestPolicy: "network-only" });
  if (error && !data) {
    return (
      <Problem title={`The ${what} could not be read`} again={again}>
        {sentence(error)}
      </Problem>
    );
  }
  if (!data) return fetching ? <Loading what={what} /> : null;
  const { nodes, pageInfo, totalCount } = pick(data);
  if (!nodes.length && isFirst) return <p className="card empty">{empty}</p>;
  return (
    <>
      {error && (
        <Problem title="This may be old" again={again}>
          {sentence(error)}
        </Problem>
      )}
      {rows(nodes, again, data)}
      {isLast && totalCount !== undefined && totalCount !== null && (
        <p className="soft small" role="status">
          {count(totalCount)} in all
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
