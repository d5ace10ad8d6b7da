import { useQuery } from "urql";

import { Loading } from "../../app/Loading";
import { Problem } from "../../app/Problem";
import { PoliciesDocument } from "../../gql/graphql";
import { sentence } from "../../lib/client";
import { useTitle } from "../../lib/title";
import { AdminHead } from "../admin/AdminHead";
import { Arms } from "./Arms";
import { Canary } from "./Canary";
import { History } from "./History";
import { InForce } from "./InForce";
import { Pauses } from "./Pauses";
import { Promote } from "./Promote";
import { Reports } from "./Reports";
import { WhyThisTip } from "./WhyThisTip";

/** What draws tips for users, what it has learnt, and what an admin may change of it. */
export default function PoliciesPage() {
  useTitle("Policies");
  const [{ data, error, fetching }, refresh] = useQuery({ query: PoliciesDocument });
  const [now] = data?.policies ?? [];
  return (
    <div className="stack">
      <AdminHead at="policies" />
      <p className="soft">
        A policy draws which cell a user’s tip comes from, by probabilities that are logged before anybody sees the tip. What is decided here is on record, and
        counts from the next request on.
      </p>
      {error && (
        <Problem title={data ? "This may be old" : "The policies could not be read"} again={() => refresh({ requestPolicy: "network-only" })}>
          {sentence(error)}
        </Problem>
      )}
      {!data && fetching && <Loading what="policies" />}
      {now && <InForce promotion={now} />}
      {now?.canary && <Canary />}
      <Arms />
      <Reports />
      {data && <Promote />}
      <Pauses />
      <WhyThisTip />
      {data && <History promotions={data.policies} />}
    </div>
  );
}
