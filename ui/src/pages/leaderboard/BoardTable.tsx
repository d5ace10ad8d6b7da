import { Badge, Button, Tooltip } from "@mantine/core";

import { IntervalBar } from "../../charts/IntervalBar";
import { count, latency, money, probability, range, score, share, signed } from "../../lib/format";
import { cellName, extent, MARKS, ordered, rankText, type Row, type SortKey } from "./board";

export type View = "overview" | "criteria" | "details";

interface Props {
  rows: Row[];
  view: View;
  baseline: string;
  sort: SortKey;
  isReversed: boolean;
  sortBy: (key: SortKey) => void;
  pin?: (row: Row) => void;
}

/** A leaderboard as a table; every interval stands beside its number, in words and as a bar. */
export function BoardTable({ rows, view, baseline, sort, isReversed, sortBy, pin }: Props) {
  const scores = extent(rows.map((row) => [row.low ?? row.score, row.high ?? row.score]));
  const diffs = extent([...rows.map((row) => [row.diffLow ?? row.diff, row.diffHigh ?? row.diff] as const), [0, 0]]);
  const criteria = rows[0]?.criteria?.map((each) => each.name) ?? [];
  const isSliced = rows.some((row) => row.slice);
  const head = (key: SortKey, label: string, numeric = false) => (
    <th scope="col" className={numeric ? "num" : undefined} aria-sort={sort === key ? (isReversed ? "descending" : "ascending") : undefined}>
      <button type="button" className="sort" onClick={() => sortBy(key)}>
        {label}
        <span aria-hidden="true">{sort === key ? (isReversed ? "↑" : "↓") : ""}</span>
      </button>
    </th>
  );
  return (
    <div className="scroll" role="region" aria-label={isSliced ? "Slices, scrolls sideways" : "Leaderboard, scrolls sideways"} tabIndex={0}>
      <table className="list board">
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
                {head("length", "Words a tip", true)}
                <th scope="col" className="num">
                  Tokens
                </th>
                {head("latency", "95 % within", true)}
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
            {pin && (
              <th scope="col">
                <span className="unseen">Actions</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {ordered(rows, sort, isReversed).map((row) => {
            const id = `${row.model}/${row.prompt}`;
            const isBaseline = id === baseline;
            return (
              <tr key={`${id} ${row.sliceValue ?? ""}`} className={isBaseline ? "pinned" : undefined}>
                {isSliced && <td>{row.sliceValue ?? "not said"}</td>}
                <td className="rank">{rankText(row)}</td>
                <th scope="row" className="cell">
                  <span className="name">{cellName(row)}</span>
                  {isBaseline && (
                    <Badge size="sm" variant="default" ml={6}>
                      baseline
                    </Badge>
                  )}
                </th>
                <td className="bars">
                  <strong>{score(row.score)}</strong> <span className="soft small">{range(row.low, row.high)}</span>
                  <IntervalBar value={row.score} low={row.low} high={row.high} scale={scores} />
                </td>
                {view === "overview" && <Overview row={row} diffs={diffs} isBaseline={isBaseline} />}
                {view === "criteria" &&
                  criteria.map((name) => {
                    const found = row.criteria?.find((each) => each.name === name);
                    return (
                      <td key={name}>
                        {found?.gate ? (
                          <>
                            {share(found.score)} yes <span className="soft small">{`${share(found.low)} to ${share(found.high)}`}</span>
                          </>
                        ) : (
                          <>
                            {score(found?.score)} <span className="soft small">{range(found?.low, found?.high)}</span>
                          </>
                        )}
                      </td>
                    );
                  })}
                {view === "details" && (
                  <>
                    <td className="num">{score(row.meanLength)}</td>
                    <td className="num">{score(row.tokens)}</td>
                    <td className="num">{latency(row.latencyP95Ms)}</td>
                    <td className="num">{count(row.nScenarios)}</td>
                    <td className="num">{count(row.nScored)}</td>
                    <td className="num">{count(row.nPending)}</td>
                    <td className={row.nFailed ? "num bad" : "num"}>{count(row.nFailed)}</td>
                    <td className={row.nRefused ? "num warn" : "num"}>{count(row.nRefused)}</td>
                  </>
                )}
                {pin && (
                  <td>
                    {!isBaseline && (
                      <Button size="compact-sm" variant="subtle" onClick={() => pin(row)} aria-label={`Make baseline: ${cellName(row)}`}>
                        Make baseline
                      </Button>
                    )}
                  </td>
                )}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Overview({ row, diffs, isBaseline }: { row: Row; diffs: [number, number] | null; isBaseline: boolean }) {
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
      <td>
        {row.marks.map((mark) => (
          <Tooltip key={mark} multiline w={280} events={{ hover: true, focus: true, touch: true }} label={MARKS[mark] ?? "See docs/statistics.md."}>
            <button type="button" className="chip">
              {mark.replaceAll("_", " ")}
            </button>
          </Tooltip>
        ))}
      </td>
    </>
  );
}
