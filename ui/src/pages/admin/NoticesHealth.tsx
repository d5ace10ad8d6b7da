import { useEffect } from "react";
import { useQuery } from "urql";
import { Link } from "wouter";

import { Problem } from "../../app/Problem";
import { NoticeCountsDocument } from "../../gql/graphql";
import { sentence } from "../../lib/client";
import { counted } from "../../lib/format";
import { waitingLine } from "./deliveries";

/** How many notices are under way, read anew whenever the system was looked at. */
export function NoticesHealth({ lookedAt }: { lookedAt: string }) {
  const [{ data, error }, refresh] = useQuery({ query: NoticeCountsDocument });
  useEffect(() => refresh({ requestPolicy: "network-only" }), [lookedAt, refresh]);
  const counts = data?.noticeCounts;
  return (
    <section className="card stack tight" aria-labelledby="notices">
      <h2 id="notices">Notices</h2>
      {error && (
        <Problem title={counts ? "This may be old" : "The notices could not be counted"} again={() => refresh({ requestPolicy: "network-only" })}>
          {sentence(error)}
        </Problem>
      )}
      {counts && (
        <p>
          {waitingLine(counts)} {counts.sending > 0 && `${counted(counts.sending, "is", "are")} being sent. `}
          {counts.unknown > 0 && (
            <Link to="/admin/deliveries?state=unknown">{counted(counts.unknown, "hand-over has", "hand-overs have")} an unknown outcome.</Link>
          )}
        </p>
      )}
    </section>
  );
}
