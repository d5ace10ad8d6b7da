import { memo, useCallback, useEffect, useRef, useState, type FocusEvent, type MouseEvent } from "react";
import { flushSync } from "react-dom";
import { useClient } from "urql";
import { useLocation } from "wouter";

import { Loading } from "../../app/Loading";
import { Problem } from "../../app/Problem";
import { TipListDocument, type TipFilter, type TipRowFragment, type TipSort } from "../../gql/graphql";
import { sentence } from "../../lib/client";
import { count, score } from "../../lib/format";
import { secondsToWait } from "../../lib/limited";
import { withParameter } from "../../lib/parameters";
import { visible } from "../../lib/visible";
import { FIRST_PAGE } from "./choice";

/** As many as a fast hand needs. */
const PAGE = 500;
const AHEAD = 250;
const ROW = 92;
const SPARE = 6;

interface Props {
  name: string;
  given: { where: TipFilter; sort: TipSort; descending: boolean };
  total: number | null;
  search: URLSearchParams;
}

/** A list of any length: only the rows in sight are in the page, and the next ones are fetched before they are reached. */
export function TipList({ name, given, total, search }: Props) {
  const { rows, state, problem, more } = usePages(name, given);
  const [[first, end], setSeen] = useState<[number, number]>([0, 16]);
  useEffect(() => {
    if (state === "more" && end >= rows.length - AHEAD) more();
  }, [end, rows.length, state, more]);
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
      <Rows rows={rows} first={first} end={Math.min(end, rows.length)} seen={setSeen} total={total} search={withParameter(search, "scenario", null).toString()} />
      {problem && (
        <Problem title="The rest could not be read" again={more}>
          {problem}
        </Problem>
      )}
      <p className="soft small">{state === "all" ? "These are all." : `The first ${count(rows.length)} are here; the others come as you scroll.`}</p>
    </>
  );
}

interface RowsProps {
  rows: TipRowFragment[];
  first: number;
  end: number;
  seen: (range: [number, number]) => void;
  total: number | null;
  search: string;
}

function Rows({ rows, first, end, seen, total, search }: RowsProps) {
  const box = useRef<HTMLDivElement>(null);
  const [, go] = useLocation();
  const [focused, setFocused] = useState<number | null>(null);
  const [height, setHeight] = useState(0);
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(([entry]) => setHeight(entry?.contentRect.height ?? 0));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    let shown = [first, end];
    const moved = () => {
      const next = visible(element.scrollTop, height, ROW, rows.length, SPARE);
      if (next[0] === shown[0] && next[1] === shown[1]) return;
      shown = next;
      // In the frame that shows the new place, or there would be nothing to see in it.
      flushSync(() => seen(next));
    };
    element.addEventListener("scroll", moved, { passive: true });
    const begun = requestAnimationFrame(moved);
    return () => {
      element.removeEventListener("scroll", moved);
      cancelAnimationFrame(begun);
    };
    // `first` and `end` follow from what is listened to.
  }, [rows.length, height, seen]);
  const drawn = Array.from({ length: Math.max(0, end - first) }, (_, place) => first + place);
  // What has the focus stays, however far the list is scrolled.
  if (focused !== null && focused < first) drawn.unshift(focused);
  if (focused !== null && focused >= end && focused < rows.length) drawn.push(focused);
  const pressed = (event: MouseEvent) => {
    const link = (event.target as Element).closest("a");
    if (!link || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(link.getAttribute("href") ?? "");
  };
  const focus = (event: FocusEvent) => {
    const place = event.target.closest("li")?.getAttribute("aria-posinset");
    setFocused(place ? Number(place) - 1 : null);
  };
  return (
    <div className="tips-frame">
      <div ref={box} className="scroll tips" role="region" aria-label="Tips" tabIndex={0}>
        <ol className="virtual" style={{ height: rows.length * ROW }} onClick={pressed} onFocus={focus} onBlur={() => setFocused(null)}>
          {drawn.map((place) => (
            <TipRow key={place} row={rows[place] as TipRowFragment} place={place} total={total} search={search} />
          ))}
        </ol>
      </div>
    </div>
  );
}

interface TipRowProps {
  row: TipRowFragment;
  place: number;
  total: number | null;
  search: string;
}

/** One tip; the list hears its clicks, so that a row is nothing but its elements. */
const TipRow = memo(function TipRow({ row, place, total, search }: TipRowProps) {
  const isApart = row.disagreement !== null && row.disagreement !== undefined;
  return (
    <li style={{ top: place * ROW }} aria-posinset={place + 1} aria-setsize={total ?? -1}>
      <a href={`?${withParameter(new URLSearchParams(search), "scenario", row.scenarioId)}`} className="tip-row">
        <span className="tip-score">
          <strong>{score(row.score)}</strong>
          {isApart && <span className="soft small">{`${score(row.disagreement)} apart`}</span>}
        </span>
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
      </a>
    </li>
  );
});

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
    const { data, error } = await client.query(TipListDocument, { name, first: after === null ? FIRST_PAGE : PAGE, after, ...given }, { requestPolicy: "network-only" }).toPromise();
    busy.current = false;
    if (!here.current) return;
    const wait = secondsToWait(error);
    if (wait !== null) {
      // Who scrolls faster than the server gives waits for it.
      setTimeout(() => here.current && void more(), wait * 1_000);
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
