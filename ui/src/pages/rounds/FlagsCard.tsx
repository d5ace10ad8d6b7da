import { useQuery } from "urql";

import { Loading } from "../../app/Loading";
import { Problem } from "../../app/Problem";
import { When } from "../../app/When";
import { FlagsDocument } from "../../gql/graphql";
import { sentence } from "../../lib/client";

const MOST = 50;

/** What judges have flagged, the newest first. It names no cell, so that an admin who judges too stays blind. */
export function FlagsCard({ experiment }: { experiment: string | null }) {
  const [{ data, error, fetching }, refresh] = useQuery({ query: FlagsDocument, variables: { experiment, first: MOST } });
  const flags = data?.flags.nodes ?? [];
  return (
    <section className="card stack" aria-labelledby="flags">
      <h2 id="flags">Flagged by judges</h2>
      {error && (
        <Problem title="Flags could not be read" again={() => refresh({ requestPolicy: "network-only" })}>
          {sentence(error)}
        </Problem>
      )}
      {!data && fetching && <Loading what="flags" rows={1} />}
      {data && flags.length === 0 && <p className="soft">Nothing. A judge flags an item to tell you of it; that is no answer.</p>}
      {flags.length > 0 && (
        <ul className="flags">
          {flags.map((flag) => (
            <li key={`${flag.experiment} ${flag.judge} ${flag.item}`}>
              <p className="name" dir="auto">
                {flag.reason}
              </p>
              <p className="small soft">
                {flag.judge}, <When at={flag.at} />
                {experiment ? "" : `, ${flag.experiment}`}, item {flag.item.slice(0, 6)}
              </p>
              <details>
                <summary>What it shows</summary>
                <p dir="auto" className="wrap">
                  {flag.tip || "The folder of this round was deleted, or the tip is empty."}
                </p>
                <p dir="auto" className="soft small wrap">
                  {situationOf(flag.scenario)}
                </p>
              </details>
            </li>
          ))}
        </ul>
      )}
      {data?.flags.pageInfo.hasNextPage && <p className="soft">The newest {MOST}; choose an experiment to see more of it.</p>}
    </section>
  );
}

function situationOf(scenario: unknown): string {
  if (typeof scenario !== "object" || scenario === null) return "";
  const { situation, text } = scenario as { situation?: unknown; text?: unknown };
  return typeof situation === "string" ? situation : typeof text === "string" ? text : JSON.stringify(scenario);
}
