import type { EstimatePartsFragment } from "../../gql/graphql";
import { count, mean } from "../../lib/format";
import { rate } from "./policies";

/** One quantity by all six estimators, folded away: that of cross-fitted DR stands above. */
export function Estimates({ of, estimates }: { of: string; estimates: readonly EstimatePartsFragment[] }) {
  if (!estimates.length) return null;
  return (
    <details className="small">
      <summary aria-label={`All estimators for ${of}`}>all estimators</summary>
      <div className="scroll" role="region" aria-label={`Estimators for ${of}, scrolls sideways`} tabIndex={0}>
        <table className="list close">
          <caption className="unseen">Estimates for {of}</caption>
          <thead>
            <tr>
              <th scope="col">Estimator</th>
              <th scope="col" className="num">Value</th>
              <th scope="col" className="num">95 %</th>
              <th scope="col" className="num">Effective</th>
              <th scope="col" className="num">Mean weight</th>
              <th scope="col" className="num">Largest</th>
            </tr>
          </thead>
          <tbody>
            {estimates.map((each) => (
              <tr key={each.estimator}>
                <td>{each.estimator}</td>
                <td className="num">{rate(each.value)}</td>
                <td className="num">{each.refused ? <span title={each.refused}>refused</span> : `${rate(each.low)} to ${rate(each.high)}`}</td>
                <td className="num">
                  {count(Math.round(each.ess))} of {count(each.n)}
                </td>
                <td className="num">{mean(each.meanWeight)}</td>
                <td className="num">{mean(each.maxWeight)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
