import { Button } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { useQuery, type AnyVariables, type UseQueryArgs, type TypedDocumentNode } from "urql";

import { Loading } from "./Loading";
import { Problem } from "./Problem";
import { sentence } from "../lib/client";
import { store, stored } from "../lib/entry";
import { count } from "../lib/format";
import { PAGE_SIZE } from "../lib/pageSize";

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
  rows: (rows: Row[], changed: () => void, data: Data, isFirst: boolean) => ReactNode;
  /** A sentence, or what stands in place of the list. */
  empty: ReactNode;
  /** What is said below of a list that does not count its rows: how many are shown, and whether these are all. */
  status?: (shown: number, isAll: boolean) => string;
}

/** A list that grows by its cursor, page under page, with its empty, loading and failed states; back finds as many pages. */
export function Paged<Data, Variables extends AnyVariables, Row>(props: Props<Data, Variables, Row>) {
  return <Pages key={JSON.stringify(props.variables)} {...props} />;
}

function Pages<Data, Variables extends AnyVariables, Row>(props: Props<Data, Variables, Row>) {
  const of = JSON.stringify(props.variables);
  const [cursors, setCursors] = useState<string[]>(() => stored<string[]>(props.what, of) ?? []);
  const more = (cursor: string) => {
    const next = [...cursors, cursor];
    store(props.what, of, next);
    setCursors(next);
  };
  return ["", ...cursors].map((after, number) => (
    <Page
      key={after}
      {...props}
      after={after || null}
      number={number}
      isLast={number === cursors.length}
      more={more}
    />
  ));
}

interface PageProps<Data, Variables extends AnyVariables, Row> extends Props<Data, Variables, Row> {
  after: string | null;
  number: number;
  isLast: boolean;
  more: (cursor: string) => void;
}

function Page<Data, Variables extends AnyVariables, Row>({ what, query, variables, pick, rows, empty, status, after, number, isLast, more }: PageProps<Data, Variables, Row>) {
  const [{ data, error, fetching }, refresh] = useQuery({ query, variables: { first: PAGE_SIZE, after, ...variables } as unknown as Variables } as UseQueryArgs<Variables, Data>);
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
  if (!nodes.length && number === 0) return typeof empty === "string" ? <p className="card empty">{empty}</p> : empty;
  const said = typeof totalCount === "number" ? `${count(totalCount)} in all` : status?.(number * PAGE_SIZE + nodes.length, !pageInfo.hasNextPage);
  return (
    <>
      {error && (
        <Problem title="This may be old" again={again}>
          {sentence(error)}
        </Problem>
      )}
      {rows(nodes, again, data, number === 0)}
      {isLast && said && (
        <p className="soft small" role="status">
          {said}
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
