import { memo, useCallback, useEffect, useLayoutEffect, useRef, useState, type FocusEvent, type MouseEvent, type RefObject } from "react";
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
import { isAway, retrying } from "../../lib/retrying";
import { session } from "../../lib/session";
import { visible } from "../../lib/visible";
import { FIRST_PAGE } from "./choice";

/** As many as a fast hand needs. */
const PAGE = 500;
const AHEAD = 250;
const ROW = 92;
const SPARE = 6;

/** A list as it was left for a situation: what was read of it, how far it was scrolled, and which row was chosen. */
export interface Left {
  of: string;
  rows: TipRowFragment[];
  state: State;
  cursor: string | null;
  range: [number, number];
  top: number;
  row: number | null;
}

interface Props {
  name: string;
  given: { where: TipFilter; sort: TipSort; descending: boolean };
  total: number | null;
  search: URLSearchParams;
  /** Where the list stays while a situation is looked at. */
  left: RefObject<Left | null>;
}

/** A list of any length: only the rows in sight are in the page, and the next ones are fetched before they are reached. */
export function TipList({ name, given, total, search, left }: Props) {
  const of = JSON.stringify([name, given]);
  const [before] = useState(() => (left.current?.of === of ? left.current : null));
  const { rows, state, problem, more, cursor } = usePages(name, given, before);
  const [[first, end], setSeen] = useState<[number, number]>(before?.range ?? [0, 16]);
  useEffect(() => {
    left.current = null;
  }, [left]);
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
      <Rows
        rows={rows}
        first={first}
        end={Math.min(end, rows.length)}
        seen={setSeen}
        total={total}
        search={withParameter(search, "scenario", null).toString()}
        before={before}
        leave={(top, row) => {
          left.current = { of, rows, state: state === "loading" ? "more" : state, cursor: cursor.current, range: [first, end], top, row };
        }}
      />
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
  before: Left | null;
  leave: (top: number, row: number | null) => void;
}

function Rows({ rows, first, end, seen, total, search, before, leave }: RowsProps) {
  const box = useRef<HTMLDivElement>(null);
  const chosen = useRef<number | null>(before?.row ?? null);
  const leaving = useRef(leave);
  leaving.current = leave;
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    if (before) {
      element.scrollTop = before.top;
      if (before.row !== null) element.querySelector<HTMLElement>(`li[aria-posinset="${before.row + 1}"] a`)?.focus({ preventScroll: true });
    }
    // The address is the next one by now: a situation is come back from, another filter is not.
    return () => {
      if (new URLSearchParams(location.search).has("scenario")) leaving.current(element.scrollTop, chosen.current);
    };
  }, [before]);
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
    chosen.current = Number(link.closest("li")?.getAttribute("aria-posinset")) - 1;
    go(link.getAttribute("href") ?? "");
  };
  const focus = (event: FocusEvent) => {
    const place = event.target.closest("li")?.getAttribute("aria-posinset");
    setFocused(place ? Number(place) - 1 : null);
    if (place) chosen.current = Number(place) - 1;
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
function usePages(name: string, given: Props["given"], before: Left | null) {
  const client = useClient();
  const [rows, setRows] = useState<TipRowFragment[]>(before?.rows ?? []);
  const [state, setState] = useState<State>(before?.state ?? "more");
  const [problem, setProblem] = useState<string | null>(null);
  const cursor = useRef<string | null>(before?.cursor ?? null);
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
    if (isAway(error)) retrying.failed(more, () => void more());
    else retrying.settled(more);
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
  useEffect(() => {
    if (!before) void more();
  }, [more, before]);
  useEffect(() => {
    if (problem === null) return undefined;
    // As lists do that a query holds: once the network is back, or one has signed in again.
    const again = () => void more();
    const stop = session.subscribe(() => session.get() === "open" && again());
    addEventListener("online", again);
    return () => {
      stop();
      removeEventListener("online", again);
    };
  }, [problem, more]);
  // Or after a while: `more` is another one for another choice, and what was chosen before is not read again.
  useEffect(() => () => retrying.settled(more), [more]);
  return { rows, state, problem, more, cursor };
}
