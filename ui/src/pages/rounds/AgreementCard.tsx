import { useQuery } from "urql";

import { Loading } from "../../app/Loading";
import { Problem } from "../../app/Problem";
import { AgreementDocument, type AgreementQuery } from "../../gql/graphql";
import { sentence } from "../../lib/client";
import { count, share, signed } from "../../lib/format";

type Pair = AgreementQuery["judgeAgreement"]["pairs"][number];

/** Each two judges side by side on the tips that both have scored. */
export function AgreementCard({ experiment }: { experiment: string }) {
  const [{ data, error, fetching }, refresh] = useQuery({ query: AgreementDocument, variables: { experiment } });
  const found = data?.judgeAgreement;
  return (
    <section className="card stack" aria-labelledby="agreement">
      <h2 id="agreement">Judges side by side</h2>
      {error && (
        <Problem title="They could not be compared" again={() => refresh({ requestPolicy: "network-only" })}>
          {sentence(error)}
        </Problem>
      )}
      {!found && fetching && <Loading what="the judges" rows={2} />}
      {found && found.pairs.length === 0 && (
        <p className="soft">
          {found.nJudges < 2 ? "There is nothing to compare before two judges have scored and it is published." : `${found.nJudges} judges have scored, and no two of them the same tip.`}
        </p>
      )}
      {found && found.pairs.length > 0 && (
        <>
          <p className="soft">
            On tips that both have scored, as published. Exact: the same value; adjacent: at most one apart; the difference is the second judge’s mean minus the first’s. Agreement by chance is
            in these shares too.
          </p>
          <div className="scroll">
            <table className="list cards">
              <thead>
                <tr>
                  <th scope="col">Judges</th>
                  <th scope="col">Criterion</th>
                  <th scope="col" className="num">
                    Tips
                  </th>
                  <th scope="col" className="num">
                    Exact
                  </th>
                  <th scope="col" className="num">
                    Adjacent
                  </th>
                  <th scope="col" className="num">
                    Mean difference
                  </th>
                </tr>
              </thead>
              <tbody>{found.pairs.flatMap(rowsOf)}</tbody>
            </table>
          </div>
          {found.nJudges > 20 && <p className="soft">The first 20 of {count(found.nJudges)} judges.</p>}
        </>
      )}
    </section>
  );
}

function rowsOf(pair: Pair) {
  return pair.criteria.map((each, index) => (
    <tr key={`${pair.first} ${pair.second} ${each.criterion}`}>
      <td data-label="Judges">
        <span className={index === 0 ? "name" : "soft"}>
          {pair.first} and {pair.second}
        </span>
      </td>
      <td data-label="Criterion">{each.criterion.replaceAll("_", " ")}</td>
      <td data-label="Tips" className="num">
        {count(each.n)}
      </td>
      <td data-label="Exact" className="num">
        {share(each.exact)}
      </td>
      <td data-label="Adjacent" className="num">
        {share(each.adjacent)}
      </td>
      <td data-label="Mean difference" className="num">
        {signed(each.meanDifference)}
      </td>
    </tr>
  ));
}
