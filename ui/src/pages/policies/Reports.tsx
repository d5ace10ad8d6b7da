import { Select } from "@mantine/core";
import { useState } from "react";
import { useQuery } from "urql";
import { Link } from "wouter";

import { Loading } from "../../app/Loading";
import { Problem } from "../../app/Problem";
import { PolicyReportDaysDocument, PolicyReportDocument } from "../../gql/graphql";
import { sentence } from "../../lib/client";
import { count, counted, score, share } from "../../lib/format";
import { Estimates } from "./Estimates";
import { rate, simulatedLine } from "./policies";
import { ReactionPlot } from "./ReactionPlot";
import { byScore, predictionLine, rankLine, type CellReport, type Report } from "./reports";

/** Whether the benchmark was right: each served cell's score beside what users did, by the day of a report. */
export function Reports() {
  const [{ data, error, fetching }, refresh] = useQuery({ query: PolicyReportDaysDocument });
  const [day, setDay] = useState<string | null>(null);
  const edges = data?.policyReports.edges ?? [];
  const days = edges.map((each) => each.node.day);
  const place = Math.max(0, days.indexOf(day ?? ""));
  return (
    <section className="card stack" aria-labelledby="reports">
      <div className="spread">
        <h2 id="reports">Does the benchmark predict reactions?</h2>
        {days.length > 1 && (
          <Select aria-label="Day of the report" className="narrow" size="xs" data={days} value={days[place] ?? null} allowDeselect={false} onChange={setDay} />
        )}
      </div>
      {error && (
        <Problem title={data ? "This may be old" : "The reports could not be read"} again={() => refresh({ requestPolicy: "network-only" })}>
          {sentence(error)}
        </Problem>
      )}
      {!data && fetching && <Loading what="reports" />}
      {data && !days.length && (
        <p className="soft">
          There is no report yet. Decisions are published each day, under pseudonyms and of users who agreed; the asset <code>policy_reports</code> then holds those
          of 28 days against the leaderboard, and its days can be backfilled in <a href="/dagster/">Dagit</a>.
        </p>
      )}
      {days.length > 0 && <OneReport key={days[place]} after={place ? (edges[place - 1]?.cursor ?? null) : null} />}
    </section>
  );
}

function OneReport({ after }: { after: string | null }) {
  const [{ data, error, fetching }, refresh] = useQuery({ query: PolicyReportDocument, variables: { after } });
  const report = data?.policyReports.nodes[0];
  return (
    <>
      {error && (
        <Problem title={report ? "This may be old" : "The report could not be read"} again={() => refresh({ requestPolicy: "network-only" })}>
          {sentence(error)}
        </Problem>
      )}
      {!data && fetching && <Loading what="the report" />}
      {report && <Found report={report} />}
    </>
  );
}

function Found({ report }: { report: Report }) {
  const failed = report.checks.filter((each) => !each.passed);
  return (
    <>
      <p className="verdict">{predictionLine(report.prediction)}</p>
      {rankLine(report.prediction) && <p>{rankLine(report.prediction)}</p>}
      <p className="soft">
        {counted(report.nDecisions, "decision")} for {counted(report.nUsers, "user")} from {report.since} to {report.day},{" "}
        {report.experiment ? (
          <>
            against <Link to={`/experiments/${encodeURIComponent(report.experiment)}/leaderboard`}>{report.experiment}</Link>
          </>
        ) : (
          "without a leaderboard"
        )}
        . {counted(report.nOpen, "decision has", "decisions have")} no outcome yet; templates drew {share(report.fallbackShare)}.
      </p>
      {report.nSimulated > 0 && <p className="warn">{simulatedLine(report.nSimulated, report.nUsers)}</p>}
      <ReactionPlot cells={report.cells} />
      <Cells cells={report.cells} />
      <ul className="checks" aria-label="Checks of the log">
        {report.checks.map((each) => (
          <li key={each.name} className={each.passed ? undefined : "bad"}>
            <span aria-hidden="true">{each.passed ? "✓" : "✗"}</span> {each.name.replaceAll("_", " ")} {each.passed ? "holds" : "does not hold"}: {each.message}
          </li>
        ))}
      </ul>
      {failed.length > 0 && <p className="warn">Before all of these hold, believe none of the figures above.</p>}
    </>
  );
}

function Cells({ cells }: { cells: readonly CellReport[] }) {
  if (!cells.length) return <p className="soft">No cell was served on these days.</p>;
  return (
    <div className="scroll">
      <table className="list cards">
        <caption className="unseen">Cells with score and reward</caption>
        <thead>
          <tr>
            <th scope="col">Cell</th>
            <th scope="col" className="num">Score</th>
            <th scope="col" className="num">Acted on, had it always been drawn</th>
            <th scope="col" className="num">Drawn</th>
            <th scope="col" className="num">Shown</th>
            <th scope="col" className="num">Acted on</th>
          </tr>
        </thead>
        <tbody>
          {byScore(cells).map((each) => (
            <tr key={each.cell}>
              <td data-label="Cell">
                <span className="name">{each.cell}</span>
                {(each.unscored ?? each.refused) && (
                  <div className="soft small said-text">{[each.unscored, each.refused].filter(Boolean).join("; ")}</div>
                )}
                <Estimates of={each.cell} estimates={each.estimates} />
              </td>
              <td data-label="Score" className="num">
                {score(each.score)}
                <Range low={each.scoreLow} high={each.scoreHigh} write={score} />
              </td>
              <td data-label="Had it always been drawn" className="num">
                {rate(each.reward)}
                <Range low={each.rewardLow} high={each.rewardHigh} write={rate} />
              </td>
              <td data-label="Drawn" className="num">
                {count(each.nDrawn)} <span className="soft small">of {count(each.nEligible)}</span>
              </td>
              <td data-label="Shown" className="num">
                {count(each.nShown)} <span className="soft small">{typeof each.shownShare === "number" && share(each.shownShare)}</span>
              </td>
              <td data-label="Acted on" className="num">{count(each.nActed)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Range({ low, high, write }: { low: number | null | undefined; high: number | null | undefined; write: (value: number) => string }) {
  if (typeof low !== "number" || typeof high !== "number") return null;
  return <div className="soft small">{`${write(low)} to ${write(high)}`}</div>;
}
