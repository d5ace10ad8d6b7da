import { useQuery } from "urql";

import { Loading } from "../../app/Loading";
import { Problem } from "../../app/Problem";
import { When } from "../../app/When";
import { PushKeysDocument, type PushKeysQuery } from "../../gql/graphql";
import { sentence } from "../../lib/client";
import { count } from "../../lib/format";
import { useTitle } from "../../lib/title";
import { AdminHead } from "./AdminHead";

/** The keys by which push services know this server, newest first, and how many browsers each serves. */
export function PushKeysPage() {
  useTitle("Push keys");
  const [{ data, error, fetching }, refresh] = useQuery({ query: PushKeysDocument, requestPolicy: "cache-and-network" });
  return (
    <div className="stack">
      <AdminHead at="push-keys" />
      <p className="soft">
        Browsers subscribe with the newest key. <code>tipbench keys rotate vapid</code> makes another; the two before it sign on for the browsers that
        subscribed with them, and what is older is deleted.
      </p>
      {error && (
        <Problem title={data ? "This may be old" : "The push keys could not be read"} again={() => refresh({ requestPolicy: "network-only" })}>
          {sentence(error)}
        </Problem>
      )}
      {!data && fetching && <Loading what="push keys" />}
      {data && !data.pushKeys.length && <p className="card empty">There is no key yet: the first browser that subscribes makes one.</p>}
      {data && data.pushKeys.length > 0 && <Rows keys={data.pushKeys} />}
    </div>
  );
}

function Rows({ keys }: { keys: PushKeysQuery["pushKeys"] }) {
  return (
    <div className="scroll">
      <table className="list cards">
        <caption className="unseen">Push keys</caption>
        <thead>
          <tr>
            <th scope="col">Key</th>
            <th scope="col">State</th>
            <th scope="col">Made</th>
            <th scope="col" className="num">
              Browsers
            </th>
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => (
            <tr key={key.kid}>
              <td data-label="Key">
                <code>{key.kid}</code>
                <div className="soft small public-key">{key.public}</div>
              </td>
              <td data-label="State">{key.newest ? <span className="good">newest: new subscriptions</span> : "signs for older subscriptions"}</td>
              <td data-label="Made">
                <When at={key.madeAt} />
              </td>
              <td data-label="Browsers" className="num">
                {count(key.subscriptions)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
