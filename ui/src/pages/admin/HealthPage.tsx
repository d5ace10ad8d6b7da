import { Button, Progress } from "@mantine/core";
import { useEffect } from "react";
import { useQuery } from "urql";
import { Link } from "wouter";

import { Loading } from "../../app/Loading";
import { Problem } from "../../app/Problem";
import { When } from "../../app/When";
import { SystemHealthDocument, type SystemHealthQuery } from "../../gql/graphql";
import { sentence } from "../../lib/client";
import { count, duration } from "../../lib/format";
import { useTitle } from "../../lib/title";
import { AdminHead } from "./AdminHead";
import { size, verdict } from "./health";
import { NoticesHealth } from "./NoticesHealth";

type Health = SystemHealthQuery["systemHealth"];
const EVERY_MS = 10_000;

/** Whether everything runs, looked at anew while the page is in sight. */
export function HealthPage() {
  useTitle("System health");
  const [{ data, error, fetching }, refresh] = useQuery({ query: SystemHealthDocument });
  const again = () => refresh({ requestPolicy: "network-only" });
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") refresh({ requestPolicy: "network-only" });
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, [refresh]);
  return (
    <div className="stack">
      <AdminHead at="health" />
      {error && (
        <Problem title={data ? "This may be old" : "The system could not be looked at"} again={again}>
          {sentence(error)}
        </Problem>
      )}
      {!data && fetching && <Loading what="the system's health" />}
      {data && <Report health={data.systemHealth} again={again} />}
    </div>
  );
}

const MARKS: Record<string, string> = { fine: "✓", note: "!", wrong: "✗" };

function Report({ health, again }: { health: Health; again: () => void }) {
  const used = health.diskTotal ? 1 - health.diskFree / health.diskTotal : 0;
  const dead = health.consumers.some((each) => each.dead > 0);
  return (
    <>
      <div className="spread">
        <p className="verdict">
          <strong role="status">{verdict(health.parts)}</strong>{" "}
          <span className="soft small">
            looked at <When at={health.at} />, serves since <When at={health.since} />
          </span>
        </p>
        <Button variant="default" size="xs" onClick={again}>
          Look again
        </Button>
      </div>
      <ul className="plain card parts">
        {health.parts.map((part) => (
          <li key={part.name} data-state={part.state}>
            <span aria-hidden="true" className="part-mark">
              {MARKS[part.state]}
            </span>
            <span className="name">{part.name}</span>
            <span>
              <span className="unseen">{part.state}: </span>
              {part.detail}
            </span>
          </li>
        ))}
      </ul>
      <section className="card stack tight" aria-labelledby="disk">
        <h2 id="disk">Disk</h2>
        <Progress value={used * 100} color="var(--accent)" aria-label="Used of the disk" />
        <p className="soft small">
          {size(health.diskFree)} free of {size(health.diskTotal)}, where the home lies
        </p>
      </section>
      {health.consumers.length > 0 && (
        <section className="stack tight" aria-labelledby="consumers">
          <h2 id="consumers">Consumers of events</h2>
          <div className="scroll" role="region" aria-label="Consumers of events, scrolls sideways" tabIndex={0}>
            <table className="list close">
              <caption className="unseen">Consumers of events</caption>
              <thead>
                <tr>
                  <th scope="col">Consumer</th>
                  <th scope="col" className="num">Waiting</th>
                  <th scope="col" className="num">Oldest</th>
                  <th scope="col" className="num">Given up</th>
                </tr>
              </thead>
              <tbody>
                {health.consumers.map((each) => (
                  <tr key={each.consumer}>
                    <td className="name">{each.consumer}</td>
                    <td className="num">
                      {each.complete ? "" : "at least "}
                      {count(each.waiting)}
                    </td>
                    <td className="num">{each.waiting ? duration(each.oldestS) : "–"}</td>
                    <td className="num">
                      {each.dead ? <Link to={`/admin/dead-letters?consumer=${encodeURIComponent(each.consumer)}`}>{count(each.dead)}</Link> : "0"}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          {dead && <Link to="/admin/dead-letters">All dead letters</Link>}
        </section>
      )}
      <NoticesHealth lookedAt={health.at} />
      <section className="card stack tight" aria-labelledby="versions">
        <h2 id="versions">Versions</h2>
        <dl className="facts few">
          {health.versions.map((each) => (
            <div key={each.name} className="fact">
              <dt>{each.name}</dt>
              <dd>{each.version}</dd>
            </div>
          ))}
        </dl>
      </section>
    </>
  );
}
