import { useEffect, useState } from "react";
import { Link } from "wouter";

import { Paged } from "../../app/Paged";
import { When } from "../../app/When";
import { BackfillsDocument, type BackfillsQuery } from "../../gql/graphql";
import { count, counted } from "../../lib/format";
import { useTitle } from "../../lib/title";
import { useSteady } from "../../lib/useSteady";
import { AdminHead } from "./AdminHead";
import { NewBackfill } from "./NewBackfill";

type Backfill = BackfillsQuery["backfills"]["nodes"][number];

/** Runs that were queued together, of this panel's API and of Dagit. */
export function BackfillsPage() {
  useTitle("Backfills");
  const [launched, setLaunched] = useState(0);
  return (
    <div className="stack">
      <AdminHead at="backfills" />
      <NewBackfill launched={() => setLaunched((before) => before + 1)} />
      <Paged
        key={launched}
        what="backfills"
        query={BackfillsDocument}
        variables={{}}
        pick={(data) => data.backfills}
        rows={(rows, changed) => <Rows rows={rows} changed={changed} />}
        empty="No runs were queued together yet."
      />
    </div>
  );
}

const SHOWN = 5;

const LOOK_MS = 3_000;
const ENDED = /^(done|partial|failed|canceled|success|failure|completed)/i;

function Rows({ rows, changed }: { rows: Backfill[]; changed: () => void }) {
  const goesOn = rows.some((row) => !ENDED.test(row.status));
  const look = useSteady(changed);
  useEffect(() => {
    if (!goesOn) return;
    const timer = setInterval(() => document.visibilityState === "visible" && look(), LOOK_MS);
    return () => clearInterval(timer);
  }, [goesOn, look]);
  return (
    <div className="scroll">
      <table className="list cards">
        <caption className="unseen">Backfills</caption>
        <thead>
          <tr>
            <th scope="col">Backfill</th>
            <th scope="col">State</th>
            <th scope="col" className="num">Done</th>
            <th scope="col" className="num">Failed</th>
            <th scope="col">Experiments</th>
            <th scope="col">When</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <td>
                <code title={row.id}>{row.id.slice(0, 16)}</code>
                <div className="soft small">{row.source === "dagster" ? "by Dagit" : "by Tipbench"}</div>
              </td>
              <td data-label="State">{row.status}</td>
              <td data-label="Done" className="num">
                {count(row.nDone)} of {count(row.experiments.length)}
              </td>
              <td data-label="Failed" className="num">
                <span className={row.nFailed ? "bad" : undefined}>{count(row.nFailed)}</span>
              </td>
              <td data-label="Experiments">
                <ul className="plain">
                  {row.experiments.slice(0, SHOWN).map((name) => (
                    <li key={name}>
                      <Link to={`/experiments/${name}`}>{name}</Link>
                    </li>
                  ))}
                </ul>
                {row.experiments.length > SHOWN && <span className="soft small">and {counted(row.experiments.length - SHOWN, "other")}</span>}
              </td>
              <td data-label="When">
                <When at={row.createdAt} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
