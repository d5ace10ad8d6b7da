import { Loading } from "../../app/Loading";
import { Problem } from "../../app/Problem";
import { Day } from "../../app/When";
import type { PolicyEvaluationQuery } from "../../gql/graphql";
import { counted } from "../../lib/format";
import { Estimates } from "./Estimates";
import { rate } from "./policies";

type Found = Extract<PolicyEvaluationQuery["policyEvaluation"], { __typename: "PolicyEvaluation" }>;

interface Props {
  found: Found | null;
  /** Why there is none, in the server's words. */
  problem: string;
  again: () => void;
}

/** What the policy would have earned on the log, which stands before the button that lets it draw. */
export function Evaluation({ found, problem, again }: Props) {
  if (problem) {
    return (
      <Problem title="There is no estimate of it" again={again}>
        {problem}
      </Problem>
    );
  }
  if (!found) return <Loading what="what it would have earned" rows={2} />;
  return (
    <section className="stack tight" aria-label="What it would have earned">
      {found.refused ? (
        <p className="warn" role="status">
          The estimate is refused: {found.refused.replace(/^not estimable: /, "")}.
        </p>
      ) : (
        <p className="verdict" role="status">
          {rate(found.value)} of its tips would have been acted on ({rate(found.low)} to {rate(found.high)}).
        </p>
      )}
      <p className="soft small">
        {found.n > 0 ? (
          <>
            Of {counted(found.n, "decision")} for {counted(found.nUsers, "user")} since <Day at={found.since} style="medium" /> that are settled and were shown,{" "}
            {rate(found.served)} were acted on as they were served. The policy is tried on each user without what they did.
          </>
        ) : (
          <>Nothing of the days since <Day at={found.since} style="medium" /> says what it would earn.</>
        )}
      </p>
      <Estimates of="this policy" estimates={found.estimates} />
    </section>
  );
}
