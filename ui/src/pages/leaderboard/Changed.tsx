import { useQuery } from "urql";

import { Loading } from "../../app/Loading";
import { Problem } from "../../app/Problem";
import { When } from "../../app/When";
import { BoardDocument } from "../../gql/graphql";
import { sentence } from "../../lib/client";
import { interval, signed } from "../../lib/format";
import type { Row } from "./board";
import { changes, type Change } from "./changes";

const scored = ({ score, low, high }: Change["now"]) => interval(score, low, high);

/** What is other than it was in an earlier snapshot, cell by cell. */
export function Changed({ name, since, criterion, rows }: { name: string; since: string; criterion: string | null; rows: Row[] }) {
  const [{ data, error }] = useQuery({ query: BoardDocument, variables: { name, criterion, at: since } });
  if (error) return <Problem title="The earlier leaderboard could not be had">{sentence(error)}</Problem>;
  if (!data) return <Loading what="the earlier leaderboard" rows={2} />;
  const found = changes(data.leaderboard.rows, rows);
  return (
    <section className="stack" aria-labelledby="changed">
      <h2 id="changed">
        Changed since <When at={data.leaderboard.publishedAt} />
      </h2>
      {!found.length && <p className="card">Nothing: every score and rank is what it was.</p>}
      {found.length > 0 && (
        <div className="scroll">
          <table className="list cards">
            <thead>
              <tr>
                <th scope="col">Cell</th>
                <th scope="col">Rank</th>
                <th scope="col">Score, 95 %</th>
                <th scope="col" className="num">
                  Change
                </th>
              </tr>
            </thead>
            <tbody>
              {found.map((each) => (
                <tr key={each.cell}>
                  <td>
                    <span className="name">{each.cell}</span>
                  </td>
                  <td data-label="Rank">{each.before.rank === each.now.rank ? each.now.rank : `${each.before.rank} → ${each.now.rank}`}</td>
                  <td data-label="Score">{`${scored(each.before)} → ${scored(each.now)}`}</td>
                  <td data-label="Change" className="num">
                    {signed(each.by)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
