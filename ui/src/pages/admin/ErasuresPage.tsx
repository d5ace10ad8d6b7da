import { useQuery } from "urql";

import { Loading } from "../../app/Loading";
import { Problem } from "../../app/Problem";
import { Day, When } from "../../app/When";
import { ErasuresDocument, type ErasuresQuery } from "../../gql/graphql";
import { sentence } from "../../lib/client";
import { useTitle } from "../../lib/title";
import { AdminHead } from "./AdminHead";

type Erasure = ErasuresQuery["erasures"][number];

/** Users who asked to be erased: who still has to confirm it, and the receipts of what is done. */
export function ErasuresPage() {
  useTitle("Erasures");
  const [{ data, error, fetching }, refresh] = useQuery({ query: ErasuresDocument });
  return (
    <div className="stack">
      <AdminHead at="erasures" />
      <p className="soft">
        An erasure is done when every module has confirmed that nothing of the user is left. Then the user's id is deleted from here too, and this row is the
        receipt. A user asks at <code>POST /v1/profile/erase</code>, whoever runs the server by <code>tipbench erase</code>.
      </p>
      {error && (
        <Problem title={data ? "This may be old" : "The erasures could not be read"} again={() => refresh({ requestPolicy: "network-only" })}>
          {sentence(error)}
        </Problem>
      )}
      {!data && fetching && <Loading what="erasures" />}
      {data && !data.erasures.length && <p className="card empty">Nobody has asked to be erased.</p>}
      {data && data.erasures.length > 0 && <Rows rows={data.erasures} />}
    </div>
  );
}

const GRANTS: Record<string, string> = {
  held: "being revoked at the provider",
  returned: "revoked at the provider",
  unreturned: "not revoked by the provider",
};

function Rows({ rows }: { rows: Erasure[] }) {
  return (
    <div className="scroll">
      <table className="list cards">
        <caption className="unseen">Erasures</caption>
        <thead>
          <tr>
            <th scope="col">Erasure</th>
            <th scope="col">Asked by</th>
            <th scope="col">State</th>
            <th scope="col">Asked</th>
            <th scope="col">Due</th>
            <th scope="col">Done</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <td>
                <code title={row.id}>{row.id.slice(0, 13)}</code>
                {row.user && (
                  <div className="soft small">
                    of <code title={row.user}>{row.user.slice(0, 12)}</code>
                  </div>
                )}
              </td>
              <td data-label="Asked by">{{ self: "the user", admin: "an admin", command: "a command" }[row.by] ?? row.by}</td>
              <td data-label="State">
                <State row={row} />
                {row.grants && <div className="soft small">{GRANTS[row.grants] ?? row.grants}</div>}
              </td>
              <td data-label="Asked">
                <When at={row.requestedAt} />
              </td>
              <td data-label="Due">
                <Day at={row.dueAt} style="medium" />
              </td>
              <td data-label="Done">{row.doneAt ? <When at={row.doneAt} /> : <span className="soft">not yet</span>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function State({ row }: { row: Erasure }) {
  if (row.doneAt) return <span className="good">done</span>;
  const waits = row.waiting.length ? `waits for ${row.waiting.join(", ")}` : "is being completed";
  return row.stuck ? <span className="bad">stuck for a day: {waits}</span> : <span>{waits}</span>;
}
