import { useState } from "react";
import { useQuery } from "urql";

import { Loading } from "../../app/Loading";
import { Problem } from "../../app/Problem";
import { Moment, When } from "../../app/When";
import { WebhooksDocument } from "../../gql/graphql";
import { sentence } from "../../lib/client";
import { serverNow } from "../../lib/clock";
import { count } from "../../lib/format";
import { useTitle } from "../../lib/title";
import { AdminHead } from "./AdminHead";
import { MakeWebhook } from "./MakeWebhook";
import { NewSecret, type Secret } from "./NewSecret";
import { WebhookActions } from "./WebhookActions";
import { WebhookMessages } from "./WebhookMessages";
import { healthOf, heard, nameOf, type Webhook } from "./webhooks";

/** An empty list has no webhook in it by which a change would find it. */
const EMPTY_TOO = { additionalTypenames: ["Webhook"] };

/** Addresses that are sent signed messages of what happens here: each with its health, and the log of messages. */
export function WebhooksPage() {
  useTitle("Webhooks");
  const [secret, setSecret] = useState<Secret | null>(null);
  const [{ data, error, fetching }, refresh] = useQuery({ query: WebhooksDocument, requestPolicy: "cache-and-network", context: EMPTY_TOO });
  const again = () => refresh({ requestPolicy: "network-only" });
  return (
    <div className="stack">
      <AdminHead at="webhooks" />
      <p className="soft">
        Other programs hear what happens here by signed messages to an address of theirs. What is not taken is sent again, less and less often, for three days;
        who takes nothing for three days, or answers 410, is disabled.
      </p>
      <MakeWebhook made={setSecret} />
      {secret && <NewSecret of={secret} hide={() => setSecret(null)} />}
      {error && (
        <Problem title={data ? "This may be old" : "The webhooks could not be read"} again={again}>
          {sentence(error)}
        </Problem>
      )}
      {!data && fetching && <Loading what="webhooks" />}
      {data && !data.webhooks.length && <p className="card empty">There is no webhook: nobody is sent anything.</p>}
      {data && data.webhooks.length > 0 && <Rows rows={data.webhooks} made={setSecret} />}
      {data && data.webhooks.length > 0 && <WebhookMessages webhooks={data.webhooks} />}
    </div>
  );
}

function Rows({ rows, made }: { rows: Webhook[]; made: (secret: Secret) => void }) {
  return (
    <div className="scroll">
      <table className="list cards">
        <caption className="unseen">Webhooks</caption>
        <thead>
          <tr>
            <th scope="col">Webhook</th>
            <th scope="col">Hears that</th>
            <th scope="col">State</th>
            <th scope="col" className="num">
              Waiting
            </th>
            <th scope="col">
              <span className="unseen">What can be done</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <td data-label="Webhook">
                {nameOf(row)}
                {row.label && <div className="soft small">{row.origin}</div>}
              </td>
              <td data-label="Hears that">{heard(row.events)}</td>
              <td data-label="State">
                <State row={row} />
              </td>
              <td data-label="Waiting" className="num">
                {count(row.waiting)}
              </td>
              <td>
                <WebhookActions webhook={row} made={made} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function State({ row }: { row: Webhook }) {
  const health = healthOf(row);
  return (
    <>
      {health === "disabled" && <span className="bad">disabled: {row.reason}</span>}
      {health === "failing" && (
        <span className="warn">
          not taken since <When at={row.failingSince} />
        </span>
      )}
      {health === "new" && <>enabled, nothing was taken yet</>}
      {health === "fine" && (
        <span className="good">
          taken <When at={row.deliveredAt} />
        </span>
      )}
      {row.oldSecretUntil && Date.parse(row.oldSecretUntil) > serverNow() && (
        <div className="soft small">
          the old secret signs too until <Moment at={row.oldSecretUntil} />
        </div>
      )}
    </>
  );
}
