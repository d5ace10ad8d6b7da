import { Button } from "@mantine/core";
import { useEffect, useMemo, useRef, useState } from "react";
import { useMutation, useQuery } from "urql";
import { Link, useSearchParams } from "wouter";

import { Dialog } from "../../app/Dialog";
import { ExperimentHead } from "../../app/ExperimentHead";
import { Loading } from "../../app/Loading";
import { Problem } from "../../app/Problem";
import { When } from "../../app/When";
import { BoardChangesDocument, BoardByJudgesDocument, BoardDocument, BoardSlicesDocument, PublishAgainDocument, SetBaselineDocument, type BoardQuery, type Slice } from "../../gql/graphql";
import { sentence } from "../../lib/client";
import { download } from "../../lib/download";
import { failureOf } from "../../lib/failures";
import { bothTimes, undecided } from "../../lib/format";
import { withParameter } from "../../lib/parameters";
import { useFollowed } from "../../lib/useFollowed";
import { useSteady } from "../../lib/useSteady";
import { useTitle } from "../../lib/title";
import { boardVariables } from "./address";
import { Changed } from "./Changed";
import { Matrix } from "./Matrix";
import { cellName, csv, reproducing, type Row, type SortKey } from "./board";
import { BoardTable, type View } from "./BoardTable";
import { Charts } from "./Charts";
import { Choosing } from "./choosing/Choosing";
import { Controls } from "./Controls";
import { Unjudged } from "./Unjudged";

const SORTS: SortKey[] = ["rank", "cell", "score", "diff", "coverage", "length", "cost", "latency"];

/** Who wins, by how much, and what cannot be told; the address of the page holds the whole view. */
export default function LeaderboardPage({ params }: { params: { name: string } }) {
  const { name } = params;
  useTitle(`Leaderboard of ${name}`);
  const [search, setSearch] = useSearchParams();
  const given = (key: string) => search.get(key) || null;
  const choose = useSteady((key: string, value: string | null) =>
    // What is shown is a step that back undoes; its order is none.
    setSearch((before) => withParameter(before, key, value || null), { replace: key === "sort" || key === "order" }),
  );
  const slice = ({ area: "AREA", locale: "LOCALE" } as Record<string, Slice>)[given("slice") ?? ""] ?? null;
  const variables = boardVariables(name, search);
  const judges = given("judges");
  // Computing by other judges is dear, also where none are given: the argument stands in a document of its own.
  const query = (judges ? BoardByJudgesDocument : BoardDocument) as typeof BoardDocument;
  const chosen = judges ? { name, criterion: variables.criterion, judges } : variables;
  const [{ data, error, fetching, stale }, refresh] = useQuery({ query, variables: chosen });
  const [sliced] = useQuery({ query: BoardSlicesDocument, variables: { ...variables, slice: slice ?? "AREA" }, pause: slice === null || judges !== null });
  const slices = slice === null || judges !== null ? [] : (sliced.data?.leaderboard.slices ?? []);
  const again = () => refresh({ requestPolicy: "network-only" });
  const [newest, setNewest] = useState<string | null>(null);
  const asked = useRef<string | null>(null);
  const has = data?.experiment?.version;
  useEffect(() => {
    // What is computed by other judges is dear, and is not computed again unasked.
    if (!newest || !has || newest === has || newest === asked.current || judges) return;
    asked.current = newest;
    refresh({ requestPolicy: "network-only" });
  }, [newest, has, judges, refresh]);
  useFollowed({
    query: BoardChangesDocument,
    variables: { name },
    cursorOf: (event) => event.experimentUpdated.cursor,
    onEvent: ({ experimentUpdated: { experiment } }) => setNewest(experiment.version),
  });

  return (
    <div className="stack">
      <ExperimentHead name={name} at="leaderboard" />
      {error && (
        <Problem title="This view could not be had" again={again}>
          {sentence(error)}{" "}
          {search.size > 0 && <Link to={`/experiments/${name}/leaderboard`}>Show it as published</Link>}
        </Problem>
      )}
      {!data && fetching && <Loading what="the leaderboard" rows={8} />}
      {sliced.error && <Problem title="The slices could not be had">{sentence(sliced.error)}</Problem>}
      {slice && sliced.data && !slices.length && <p className="card">There are no slices: scenarios that name it are too few.</p>}
      {data && !error && <Board data={data} slices={slices} search={search} choose={choose} busy={stale} again={again} />}
    </div>
  );
}

interface BoardProps {
  data: BoardQuery;
  slices: Row[];
  search: URLSearchParams;
  choose: (key: string, value: string | null) => void;
  busy: boolean;
  again: () => void;
}

function Board({ data, slices, search, choose, busy, again }: BoardProps) {
  const { leaderboard, experiment } = data;
  const { rows } = leaderboard;
  const baseline = experiment?.baseline ?? "";
  const view = (["criteria", "details"].includes(search.get("view") ?? "") ? search.get("view") : "overview") as View;
  const sort = SORTS.find((key) => key === search.get("sort")) ?? "rank";
  const isReversed = search.get("order") === "reversed";
  const [pinning, setPinning] = useState<Row | null>(null);
  const [criteria] = useState(() => rows[0]?.criteria?.map((each) => each.name) ?? []);
  const isScored = rows.some((row) => typeof row.score === "number");
  const sortBy = useSteady((key: SortKey) => {
    choose("order", key === sort && !isReversed ? "reversed" : null);
    choose("sort", key === "rank" ? null : key);
  });
  const table = { gates: leaderboard.gates, view, baseline, sort, isReversed, sortBy };
  return (
    <>
      <Verdict rows={rows} name={leaderboard.experiment} />
      <Controls
        experiment={experiment}
        criteria={criteria}
        view={view}
        judges={search.get("judges")}
        criterion={search.get("criterion")}
        slice={search.get("slice")}
        at={search.get("at")}
        since={search.get("since")}
        choose={choose}
      />
      <div aria-busy={busy} className="stack">
        <BoardTable rows={rows} {...table} {...(search.has("at") ? {} : { pin: setPinning })} />
        {slices.length > 0 && (
          <>
            <h2>By {slices[0]?.slice}</h2>
            <p className="soft small">Exploratory: p is adjusted over this whole table (Benjamini and Hochberg).</p>
            <BoardTable rows={slices} {...table} />
          </>
        )}
      </div>
      {search.get("since") && <Changed name={leaderboard.experiment} since={search.get("since") as string} criterion={search.get("criterion")} rows={rows} />}
      <Downloads leaderboard={leaderboard} slices={slices} />
      {isScored && !search.has("at") && <Choosing key={leaderboard.experiment} name={leaderboard.experiment} rows={rows} criteria={criteria} judges={search.get("judges")} />}
      {isScored && <Charts rows={rows} baseline={baseline} />}
      {isScored && !search.has("at") && <Matrix key={search.get("judges")} name={leaderboard.experiment} judges={search.get("judges")} rows={rows} />}
      <Methods kind={rows[0]?.judgeKind} />
      <Pinning row={pinning} name={leaderboard.experiment} close={() => setPinning(null)} again={again} />
    </>
  );
}

/** The answer in one sentence, before any table. */
function Verdict({ rows, name }: { rows: Row[]; name: string }) {
  const [best] = rows;
  if (!best || typeof best.score !== "number") return <Unjudged name={name} />;
  const sure = best.rankHigh === 1;
  return (
    <p className="card verdict" role="status">
      <strong className="name">{cellName(best)}</strong> {sure ? "is better than every other cell" : `has the highest score, but ${undecided(best.rankHigh) ?? "nothing is known of the others"}`}
      {best.provisional ? "; this is provisional, since not all of it is judged" : ""}.
      {best.judgeKind === "program" && (
        <span className="soft">
          {" "}
          The judge is automatic: it says nothing about whether a tip is good advice. <Link to={`/rounds?experiment=${name}`}>Judge them yourself</Link>, or let
          somebody; what people say so far stands under Judges, and here once they have scored every cell.
        </span>
      )}
    </p>
  );
}

/** What the server stores of a leaderboard, by its name for people. */
const FILES = [
  { label: "Parquet", path: "leaderboard/NAME/parquet" },
  { label: "CSV", path: "leaderboard/NAME/csv" },
  { label: "HTML report", path: "report/NAME" },
];

function Downloads({ leaderboard, slices }: { leaderboard: BoardQuery["leaderboard"]; slices: Row[] }) {
  const { experiment, publishedAt, snapshot, rows } = leaderboard;
  const save = () => download(csv([...rows, ...slices]), "text/csv", `${experiment}-${snapshot.slice(0, 8)}.csv`);
  return (
    <div className="row small">
      <Button size="compact-sm" variant="default" onClick={save}>
        This view as CSV
      </Button>
      {publishedAt && (
        <>
          <span className="soft">As published:</span>
          {FILES.map(({ label, path }) => (
            <a key={label} href={`/api/bench/${path.replace("NAME", experiment)}?at=${snapshot.slice(0, 16)}`}>
              {label}
            </a>
          ))}
        </>
      )}
      <a href={`/api/bench/leaderboard/${experiment}`}>JSON</a>
      <span className="soft">
        {publishedAt ? (
          <>
            Published <When at={publishedAt} />, snapshot <code title={bothTimes(publishedAt)}>{snapshot.slice(0, 8)}</code>
          </>
        ) : (
          "Computed just now"
        )}
        .
      </span>
      <CopyLink at={publishedAt ? snapshot.slice(0, 16) : null} />
    </div>
  );
}

/** An address that brings this very view back, of this snapshot, though another is published later. */
function CopyLink({ at }: { at: string | null }) {
  const [said, setSaid] = useState("");
  const copy = () =>
    navigator.clipboard.writeText(reproducing(location.href, at)).then(
      () => setSaid("Copied."),
      () => setSaid("Copy the address of this page: it brings this view back, by the answers of then."),
    );
  return (
    <>
      <Button size="compact-sm" variant="default" onClick={copy}>
        Copy the link to this view
      </Button>
      <span role="status" className="soft">
        {said}
      </span>
    </>
  );
}

function Methods({ kind }: { kind: string | null | undefined }) {
  return (
    <details className="small">
      <summary>How these numbers are made</summary>
      <div className="stack methods">
        <p>
          A score is the mean over scenarios, in units of the rubric{kind ? `; these rest on judges of kind ${kind}, and kinds are never averaged together` : ""}.
          Tips of one scenario are not independent: intervals treat the scenario as the unit.
        </p>
        <p>
          A rank such as 1–3 says: nothing is surely better, and what is not surely worse reaches down to place three. Differences are paired by
          scenario; p is adjusted by Holm over all of them.
        </p>
        <p>What is not known is a dash. A failed tip counts as the rubric's low unless the experiment says otherwise.</p>
      </div>
    </details>
  );
}

function Pinning({ row, name, close, again }: { row: Row | null; name: string; close: () => void; again: () => void }) {
  const [, setBaseline] = useMutation(SetBaselineDocument);
  const [, publish] = useMutation(PublishAgainDocument);
  const [state, setState] = useState<{ busy: boolean; problem: string | null }>({ busy: false, problem: null });
  const baseline = useMemo(() => (row ? `${row.model}/${row.prompt}` : ""), [row]);
  const go = async () => {
    setState({ busy: true, problem: null });
    const set = await setBaseline({ name, baseline });
    const refused = failureOf(set.data?.setBaseline);
    const published = set.error || refused ? null : await publish({ name });
    const late = failureOf(published?.data?.rematerialize);
    const error = set.error ?? published?.error;
    const problem = error ? sentence(error) : (refused?.message ?? late?.message ?? null);
    setState({ busy: false, problem });
    if (problem) return;
    again();
    close();
  };
  return (
    <Dialog title="Another baseline?" opened={row !== null} close={close}>
      <p>
        Differences are taken to <strong className="name">{row ? cellName(row) : ""}</strong> as soon as the leaderboard is published again, which
        begins now and takes some seconds. The leaderboard of before is kept.
      </p>
      {state.problem && (
        <p role="alert" className="bad">
          {state.problem}
        </p>
      )}
      <div className="row">
        <Button loading={state.busy} onClick={go}>
          Make it the baseline
        </Button>
        <Button variant="default" onClick={close}>
          Leave it
        </Button>
      </div>
    </Dialog>
  );
}
