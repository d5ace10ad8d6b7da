import { memo, useMemo } from "react";

import { Hints } from "../../app/Hints";
import { IntervalBar } from "../../charts/IntervalBar";
import { count, latency, mean, money, probability, score, share, signed } from "../../lib/format";
import { cellName, extent, gateTexts, MARKS, ordered, rankText, scoreTexts, type Row, type SortKey } from "./board";

export type View = "overview" | "criteria" | "details";
type Scale = [number, number] | null;

interface Props {
  rows: Row[];
  /** Criteria that are conditions and in no score. */
  gates: readonly string[];
  view: View;
  baseline: string;
  sort: SortKey;
  isReversed: boolean;
  sortBy: (key: SortKey) => void;
  pin?: (row: Row) => void;
}

/** A leaderboard as a table; every interval stands beside its number, in words and as a bar. */
export const BoardTable = memo(function BoardTable({ rows, gates, view, baseline, sort, isReversed, sortBy, pin }: Props) {
  const scores = useMemo(() => extent(rows.map((row) => [row.low ?? row.score, row.high ?? row.score])), [rows]);
  const diffs = useMemo(() => extent([...rows.map((row) => [row.diffLow ?? row.diff, row.diffHigh ?? row.diff] as const), [0, 0]]), [rows]);
  const criteria = useMemo(() => rows[0]?.criteria?.map((each) => each.name) ?? [], [rows]);
  const isSliced = useMemo(() => rows.some((row) => row.slice), [rows]);
  const head = (key: SortKey, label: string, numeric = false) => (
    <th scope="col" className={numeric ? "num" : undefined} aria-sort={sort === key ? (isReversed ? "descending" : "ascending") : undefined}>
      <button type="button" className="sort" onClick={() => sortBy(key)}>
        {label}
        <span aria-hidden="true">{sort === key ? (isReversed ? "↑" : "↓") : ""}</span>
      </button>
    </th>
  );
  return (
    <Hints>
      <div className="scroll" role="region" aria-label={isSliced ? "Slices, scrolls sideways" : "Leaderboard, scrolls sideways"} tabIndex={0}>
        <table className={view === "overview" && !isSliced ? "list board roomy" : "list board"}>
          <thead>
            <tr>
              {isSliced && <th scope="col">Slice</th>}
              {head("rank", "Rank")}
              {head("cell", "Cell")}
              {head("score", "Score, 95 %")}
              {view === "overview" && (
                <>
                  {head("diff", "To the baseline, 95 %")}
                  <th scope="col" className="num">
                    p
                  </th>
                  {head("coverage", "Judged", true)}
                  {head("cost", "Cost of 1,000", true)}
                  <th scope="col">Marks</th>
                </>
              )}
              {view === "criteria" &&
                criteria.map((name) => (
                  <th scope="col" key={name}>
                    {name.replaceAll("_", " ")}
                  </th>
                ))}
              {view === "details" && (
                <>
                  <th scope="col" className="num">
                    Judge noise
                  </th>
                  {head("length", "Words a tip", true)}
                  <th scope="col" className="num">
                    Tokens a tip
                  </th>
                  {head("latency", "Latency, 95 % within", true)}
                  <th scope="col" className="num">
                    Scenarios
                  </th>
                  <th scope="col" className="num">
                    Scored
                  </th>
                  <th scope="col" className="num">
                    Pending
                  </th>
                  <th scope="col" className="num">
                    Failed
                  </th>
                  <th scope="col" className="num">
                    Refused
                  </th>
                </>
              )}
            </tr>
          </thead>
          <tbody>
            {ordered(rows, sort, isReversed).map((row) => (
              <BoardRow
                key={`${row.model}/${row.prompt} ${row.sliceValue ?? ""}`}
                row={row}
                gates={gates}
                view={view}
                criteria={criteria}
                isSliced={isSliced}
                isBaseline={`${row.model}/${row.prompt}` === baseline}
                scores={scores}
                diffs={diffs}
                pin={pin}
              />
            ))}
          </tbody>
        </table>
      </div>
    </Hints>
  );
});

interface RowProps {
  row: Row;
  gates: readonly string[];
  view: View;
  criteria: string[];
  isSliced: boolean;
  isBaseline: boolean;
  scores: Scale;
  diffs: Scale;
  pin: ((row: Row) => void) | undefined;
}

/** One cell's line; another order of the table makes none anew. */
const BoardRow = memo(function BoardRow({ row, gates, view, criteria, isSliced, isBaseline, scores, diffs, pin }: RowProps) {
  const [value, interval] = scoreTexts(row.score, row.low, row.high);
  return (
    <tr className={isBaseline ? "pinned" : undefined}>
      {isSliced && <td>{row.sliceValue ?? "not said"}</td>}
      <td className="rank">{rankText(row)}</td>
      <th scope="row" className="cell">
        <span className="name">{cellName(row)}</span> {isBaseline && <span className="badge">baseline</span>}
        {pin && !isBaseline && (
          <div>
            <button type="button" className="quiet" onClick={() => pin(row)} aria-label={`Make baseline: ${cellName(row)}`}>
              Make baseline
            </button>
          </div>
        )}
      </th>
      <td className="bars">
        <strong>{value}</strong> <span className="soft small">{interval}</span>
        <IntervalBar value={row.score} low={row.low} high={row.high} scale={scores} />
      </td>
      {view === "overview" && <Overview row={row} diffs={diffs} isBaseline={isBaseline} />}
      {view === "criteria" && criteria.map((name) => <Criterion key={name} row={row} name={name} gate={gates.indexOf(name)} />)}
      {view === "details" && (
        <>
          <td className="num">{score(row.judgeNoise)}</td>
          <td className="num">{mean(row.meanLength)}</td>
          <td className="num">{mean(row.tokens)}</td>
          <td className="num">{latency(row.latencyP95Ms)}</td>
          <td className="num">{count(row.nScenarios)}</td>
          <td className="num">{count(row.nScored)}</td>
          <td className="num">{count(row.nPending)}</td>
          <td className={row.nFailed ? "num bad" : "num"}>{count(row.nFailed)}</td>
          <td className={row.nRefused ? "num warn" : "num"}>{count(row.nRefused)}</td>
        </>
      )}
    </tr>
  );
});

/** `gate` is its place among the gates, of which shares of scenarios are shown, -1 of another criterion. */
function Criterion({ row, name, gate }: { row: Row; name: string; gate: number }) {
  const found = row.criteria?.find((each) => each.name === name);
  const [value, interval] = found && gate >= 0 ? gateTexts(found, row.gateScenarios?.[gate]) : scoreTexts(found?.score, found?.low, found?.high);
  return (
    <td>
      {value} <span className="soft small interval">{interval}</span>
    </td>
  );
}

function Overview({ row, diffs, isBaseline }: { row: Row; diffs: Scale; isBaseline: boolean }) {
  return (
    <>
      <td className="bars">
        {isBaseline ? (
          <span className="soft">the baseline</span>
        ) : (
          <>
            <strong>{signed(row.diff)}</strong>{" "}
            <span className="soft small">
              {typeof row.diffLow === "number" && typeof row.diffHigh === "number" ? `${signed(row.diffLow)} to ${signed(row.diffHigh)}` : ""}
            </span>
            <IntervalBar value={row.diff} low={row.diffLow} high={row.diffHigh} scale={diffs} mark={0} />
          </>
        )}
      </td>
      <td className="num">{isBaseline ? "" : probability(row.pBh ?? row.pHolm)}</td>
      <td className="num">
        {share(row.coverage)}
        {row.provisional && <div className="small soft">provisional</div>}
      </td>
      <td className="num">{money(row.costPer1k)}</td>
      <td className="marks">
        {row.marks.map((mark) => (
          <button key={mark} type="button" className="chip" data-hint={MARKS[mark] ?? "See docs/statistics.md."}>
            {mark.replaceAll("_", " ")}
          </button>
        ))}
      </td>
    </>
  );
}
