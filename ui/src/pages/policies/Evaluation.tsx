import { Loading } from "../../app/Loading";
import { Problem } from "../../app/Problem";
import { Day } from "../../app/When";
import type { PolicyEvaluationQuery } from "../../gql/graphql";
import { counted } from "../../lib/format";
import { Estimates } from "./Estimates";
import { measured, rate, simulatedLine } from "./policies";

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
      {found.nSimulated > 0 && <p className="warn small">{simulatedLine(found.nSimulated, found.nUsers)}</p>}
      {found.n > 0 && <Guardrails guardrails={found.guardrails} />}
      <Estimates of="this policy" estimates={found.estimates} />
    </section>
  );
}

/** What the policy would have made of what it must not make worse, a line each. */
function Guardrails({ guardrails }: { guardrails: Found["guardrails"] }) {
  return (
    <ul className="plain small" aria-label="What it must not make worse">
      {guardrails.map((each) => (
        <li key={each.name}>
          {each.name}: {measured(each.served, each.unit)} as served,{" "}
          {each.refused ? (
            <span title={each.refused}>not known of this policy</span>
          ) : (
            `${measured(each.value, each.unit)} by this policy (${measured(each.low, each.unit)} to ${measured(each.high, each.unit)})`
          )}
        </li>
      ))}
    </ul>
  );
}
