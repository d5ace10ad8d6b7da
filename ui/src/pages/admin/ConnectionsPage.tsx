import { useQuery } from "urql";

import { Loading } from "../../app/Loading";
import { Problem } from "../../app/Problem";
import { ConnectionsDocument, type ConnectionsQuery } from "../../gql/graphql";
import { sentence } from "../../lib/client";
import { count } from "../../lib/format";
import { useTitle } from "../../lib/title";
import { AdminHead } from "./AdminHead";

type Health = ConnectionsQuery["connectionHealth"];
type Keys = ConnectionsQuery["vaultKeys"];
type Counts = "connected" | "failing" | "late" | "reconnect" | "revoking";

const NAMES: Record<string, string> = {
  icalendar: "iCalendar address",
  todoist: "Todoist",
  "google-calendar": "Google Calendar",
  github: "GitHub",
};
const COLUMNS: { of: Counts; label: string }[] = [
  { of: "connected", label: "Connected" },
  { of: "failing", label: "Failing" },
  { of: "late", label: "Late" },
  { of: "reconnect", label: "Need their user" },
  { of: "revoking", label: "Being revoked" },
];

/** Users' connections by provider, counted, and the keys that wrap their secrets. */
export function ConnectionsPage() {
  useTitle("Connections");
  const [{ data, error, fetching }, refresh] = useQuery({ query: ConnectionsDocument, requestPolicy: "cache-and-network" });
  return (
    <div className="stack">
      <AdminHead at="connections" />
      <p className="soft">
        Failing and late ones are connected, and read again by themselves. Whose account was not reachable any more was told once and connects again. What is read of your own is on{" "}
        <a href="/v1/connections/page">your connections</a>.
      </p>
      {error && (
        <Problem title={data ? "This may be old" : "The connections could not be read"} again={() => refresh({ requestPolicy: "network-only" })}>
          {sentence(error)}
        </Problem>
      )}
      {!data && fetching && <Loading what="connections" />}
      {data && <Providers rows={data.connectionHealth} />}
      {data && (
        <>
          <h2>Keys of the vault</h2>
          <p className="soft">
            The newest key wraps what is new. <code>tipbench keys rotate vault</code> makes another, by which all data keys are wrapped anew.
          </p>
          {data.vaultKeys.length > 0 ? <VaultKeys keys={data.vaultKeys} /> : <p className="card empty">There is no key.</p>}
        </>
      )}
    </div>
  );
}

function Providers({ rows }: { rows: Health }) {
  return (
    <div className="scroll">
      <table className="list cards">
        <caption className="unseen">Connections by provider</caption>
        <thead>
          <tr>
            <th scope="col">Provider</th>
            {COLUMNS.map((column) => (
              <th key={column.of} scope="col" className="num">
                {column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.provider}>
              <td data-label="Provider">{NAMES[row.provider] ?? row.provider}</td>
              {COLUMNS.map((column) => (
                <td key={column.of} data-label={column.label} className="num">
                  {count(row[column.of])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function VaultKeys({ keys }: { keys: Keys }) {
  return (
    <div className="scroll">
      <table className="list cards">
        <caption className="unseen">Keys of the vault</caption>
        <thead>
          <tr>
            <th scope="col">Key</th>
            <th scope="col">State</th>
            <th scope="col" className="num">
              Data keys
            </th>
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => (
            <tr key={key.id}>
              <td data-label="Key">
                <code>{key.id}</code>
                <div className="soft small">{key.given ? "from the environment" : "a file of the home"}</div>
              </td>
              <td data-label="State">
                <KeyState vaultKey={key} />
              </td>
              <td data-label="Data keys" className="num">
                {count(key.wraps)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function KeyState({ vaultKey }: { vaultKey: Keys[number] }) {
  if (!vaultKey.there) return <span className="bad">missing: bring it back from the backup of keys</span>;
  if (vaultKey.newest) return <span className="good">newest: wraps what is new</span>;
  return <>{vaultKey.wraps > 0 ? "wraps older data keys: rotate" : "wraps nothing"}</>;
}
