import { useVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useEffect, useRef, useState } from "react";
import { useClient } from "urql";
import { Link } from "wouter";

import { Loading } from "../../app/Loading";
import { Problem } from "../../app/Problem";
import { TipListDocument, type TipFilter, type TipRowFragment, type TipSort } from "../../gql/graphql";
import { sentence } from "../../lib/client";
import { count, score } from "../../lib/format";
import { withParameter } from "../../lib/parameters";

const PAGE = 500;
const AHEAD = 250;
const ROW = 92;

interface Props {
  name: string;
  given: { where: TipFilter; sort: TipSort; descending: boolean };
  total: number | null;
  search: URLSearchParams;
}

/** A list of any length: only the rows in sight are in the page, and the next ones are fetched before they are reached. */
export function TipList({ name, given, total, search }: Props) {
  const { rows, state, problem, more } = usePages(name, given);
  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => box.current, estimateSize: () => ROW, overscan: 8 });
  const shown = virtual.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (state === "more" && last >= rows.length - AHEAD) more();
  }, [last, rows.length, state, more]);
  if (problem && !rows.length) {
    return (
      <Problem title="The tips could not be read" again={more}>
        {problem}
      </Problem>
    );
  }
  if (!rows.length) return state === "all" ? <p className="card empty">No tip is like that: take a part of the search away.</p> : <Loading what="tips" rows={6} />;
  return (
    <>
      <div ref={box} className="scroll tips" role="region" aria-label="Tips" tabIndex={0}>
        <ol className="virtual" style={{ height: virtual.getTotalSize() }}>
          {shown.map((item) => (
            <li key={item.key} style={{ transform: `translateY(${item.start}px)` }} aria-posinset={item.index + 1} aria-setsize={total ?? -1}>
              <Row row={rows[item.index] as TipRowFragment} search={search} />
            </li>
          ))}
        </ol>
      </div>
      {problem && (
        <Problem title="The rest could not be read" again={more}>
          {problem}
        </Problem>
      )}
      <p className="soft small">{state === "all" ? "These are all." : `The first ${count(rows.length)} are here; the others come as you scroll.`}</p>
    </>
  );
}

function Row({ row, search }: { row: TipRowFragment; search: URLSearchParams }) {
  const next = withParameter(search, "scenario", row.scenarioId);
  return (
    <Link to={`?${next}`} className="tip-row">
      <span className="tip-score">
        <strong>{score(row.score)}</strong>
        <span className="soft small">{row.disagreement === null || row.disagreement === undefined ? "" : `${score(row.disagreement)} apart`}</span>
      </span>
      <span className="tip-said">
        {row.text === null || row.text === undefined ? (
          <span className={row.outcome === "refused" ? "warn clamp" : "bad clamp"}>{`${row.outcome}: ${row.error ?? "no reason was given"}`}</span>
        ) : (
          <bdi className="clamp">{row.text}</bdi>
        )}
        <span className="soft small one-line">
          <span className="name">{`${row.model} / ${row.prompt}`}</span> · <bdi>{row.scenarioId}</bdi>
          {row.area && (
            <>
              {" · "}
              <bdi>{row.area}</bdi>
            </>
          )}
        </span>
      </span>
    </Link>
  );
}

type State = "loading" | "more" | "all";

/** The pages read so far, one after another by cursor. */
function usePages(name: string, given: Props["given"]) {
  const client = useClient();
  const [rows, setRows] = useState<TipRowFragment[]>([]);
  const [state, setState] = useState<State>("more");
  const [problem, setProblem] = useState<string | null>(null);
  const cursor = useRef<string | null>(null);
  const busy = useRef(false);
  const here = useRef(true);
  useEffect(() => {
    here.current = true;
    return () => void (here.current = false);
  }, []);
  const more = useCallback(async () => {
    if (busy.current) return;
    busy.current = true;
    setProblem(null);
    const after = cursor.current;
    const { data, error } = await client.query(TipListDocument, { name, first: PAGE, after, ...given }, { requestPolicy: "network-only" }).toPromise();
    busy.current = false;
    if (!here.current) return;
    if (error?.graphQLErrors.some((each) => each.extensions["code"] === "RATE_LIMITED")) {
      // Who scrolls faster than the server gives waits for it.
      setTimeout(() => here.current && void more(), 1_000);
      return;
    }
    if (error || !data) {
      setState("loading");
      setProblem(error ? sentence(error) : "There was no answer.");
      return;
    }
    const { nodes, pageInfo } = data.tips;
    cursor.current = pageInfo.endCursor ?? null;
    setRows((before) => (after === null ? [...nodes] : [...before, ...nodes]));
    setState(pageInfo.hasNextPage ? "more" : "all");
    // The list is made anew, with a key, for another choice.
  }, [client, name]);
  useEffect(() => void more(), [more]);
  return { rows, state, problem, more };
}
