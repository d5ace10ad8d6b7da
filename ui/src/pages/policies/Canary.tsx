import { useQuery } from "urql";

import { Loading } from "../../app/Loading";
import { Problem } from "../../app/Problem";
import { CanaryReportDocument, type CanaryReportQuery } from "../../gql/graphql";
import { sentence } from "../../lib/client";
import { counted, probability } from "../../lib/format";
import { OF_PROMOTIONS } from "./answers";
import { apart, measured, simulatedLine, trialLine, verdictOf } from "./policies";

type Report = NonNullable<CanaryReportQuery["canaryReport"]>;

/** How the trial stands: whether users were dealt as planned, and what it must not make worse. */
export function Canary() {
  const [{ data, error, fetching }, refresh] = useQuery({ query: CanaryReportDocument, context: OF_PROMOTIONS });
  const report = data?.canaryReport;
  return (
    <section className="card stack" aria-labelledby="trial">
      <h2 id="trial">The trial</h2>
      {error && (
        <Problem title={report ? "This may be old" : "The trial could not be read"} again={() => refresh({ requestPolicy: "network-only" })}>
          {sentence(error)}
        </Problem>
      )}
      {!data && fetching && <Loading what="the trial" />}
      {report && <Found report={report} />}
    </section>
  );
}

function Found({ report }: { report: Report }) {
  const users = report.canaryUsers + report.otherUsers;
  const verdicts = report.guardrails.map((each) => each.verdict);
  const isBad = Boolean(report.refused) || verdicts.includes("WORSE");
  return (
    <>
      <p className={isBad ? "verdict bad" : "verdict"} role="status">
        {trialLine(report.refused, verdicts, users)}
      </p>
      {users > 0 && <Rates report={report} />}
    </>
  );
}

function Rates({ report }: { report: Report }) {
  return (
    <>
      <p className="soft">
        {counted(report.canaryUsers, "user")} in the trial, {counted(report.otherUsers, "other")}; p = {probability(report.ratioP)} that they were dealt by the share.
      </p>
      {report.simulatedUsers > 0 && <p className="warn">{simulatedLine(report.simulatedUsers, report.canaryUsers + report.otherUsers)}</p>}
      <div className="scroll">
        <table className="list cards">
          <caption className="unseen">What the trial must not make worse</caption>
          <thead>
            <tr>
              <th scope="col">Of first decisions</th>
              <th scope="col" className="num">In the trial</th>
              <th scope="col" className="num">Others</th>
              <th scope="col" className="num">Difference</th>
              <th scope="col">Says</th>
            </tr>
          </thead>
          <tbody>
            {report.guardrails.map((each) => {
              const verdict = verdictOf(each.verdict);
              return (
                <tr key={each.name}>
                  <td data-label="Of first decisions" className="name">{each.name}</td>
                  <td data-label="In the trial" className="num">{measured(each.canary, each.unit)}</td>
                  <td data-label="Others" className="num">{measured(each.others, each.unit)}</td>
                  <td data-label="Difference" className="num">
                    {apart(each.low, each.high, each.unit)}
                    {each.allowed > 0 && <div className="soft small">up to {measured(each.allowed, each.unit)} more is allowed</div>}
                  </td>
                  <td data-label="Says">
                    <span className={verdict.tone}>{verdict.text}</span>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </>
  );
}
