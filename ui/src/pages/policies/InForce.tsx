import { Button } from "@mantine/core";
import { useState } from "react";
import { useMutation } from "urql";

import { When } from "../../app/When";
import { RollBackPolicyDocument, StopPoliciesDocument } from "../../gql/graphql";
import { OF_PROMOTIONS } from "./answers";
import { decidedBy, decidedLabel, fieldsOf, forWhom, type Promotion } from "./policies";
import { PolicyName } from "./PolicyName";
import { ReasonDialog } from "../../app/ReasonDialog";
import { refusal } from "../../lib/refusal";

/** The promotion in force: what draws, who said so and why, and the two ways out of it. */
export function InForce({ promotion }: { promotion: Promotion }) {
  const { policy, canary, share, kind } = promotion;
  return (
    <section className="card stack" aria-labelledby="in-force">
      <div className="spread">
        <h2 id="in-force">What draws now</h2>
        <Ways isFirst={kind === "FIRST"} />
      </div>
      <p className="verdict">
        <PolicyName policy={policy} /> for {canary ? "all users but the trial’s" : "all users"}
        {canary && (
          <>
            , <PolicyName policy={canary} /> in {forWhom(share)}
          </>
        )}
      </p>
      <dl className="facts wide">
        <div>
          <dt>Decided</dt>
          <dd>
            {decidedLabel(kind)}, by <code>{decidedBy(promotion)}</code>
            {promotion.at && (
              <>
                , <When at={promotion.at} />
              </>
            )}
          </dd>
        </div>
        <div>
          <dt>Why</dt>
          <dd className="said-text">{promotion.reason}</dd>
        </div>
        {[policy, ...(canary ? [canary] : [])].map((each) => (
          <div key={each.hash}>
            <dt>{each.name}</dt>
            <dd>
              {fieldsOf(each.configuration)
                .map(({ name, value }) => `${name} ${value}`)
                .join(" · ")}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** Back to what drew before, and the switch that takes all that was learnt out of the draw. */
function Ways({ isFirst }: { isFirst: boolean }) {
  const [asking, setAsking] = useState<"back" | "stop" | null>(null);
  const [, rollBack] = useMutation(RollBackPolicyDocument);
  const [, stop] = useMutation(StopPoliciesDocument);
  const close = () => setAsking(null);
  return (
    <>
      <div className="row">
        <Button size="xs" variant="default" disabled={isFirst} onClick={() => setAsking("back")}>
          Roll back
        </Button>
        <Button size="xs" color="red" onClick={() => setAsking("stop")}>
          Stop policies
        </Button>
      </div>
      <ReasonDialog
        title="Roll this promotion back?"
        go="Roll it back"
        opened={asking === "back"}
        close={close}
        act={async (reason) => {
          const { data, error } = await rollBack({ reason }, OF_PROMOTIONS);
          return refusal(data?.rollBackPolicy, error);
        }}
      >
        <p>What drew before it draws again, from the next request on. A trial that grew to all users goes back to before the trial.</p>
      </ReasonDialog>
      <ReasonDialog
        title="Stop all policies?"
        go="Stop them"
        isDangerous
        opened={asking === "stop"}
        close={close}
        act={async (reason) => {
          const { data, error } = await stop({ reason }, OF_PROMOTIONS);
          return refusal(data?.stopPolicies, error);
        }}
      >
        <p>
          Every eligible cell is drawn equally often for all users, from the next request on, whatever was learnt, and a trial ends. Nothing learnt is lost:
          rolling back starts them again. A cell that must not be served is paused below.
        </p>
      </ReasonDialog>
    </>
  );
}
