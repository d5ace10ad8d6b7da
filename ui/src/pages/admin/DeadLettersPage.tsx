import { Button, Checkbox } from "@mantine/core";
import { useState } from "react";
import { useMutation } from "urql";
import { useSearchParams } from "wouter";

import { Paged } from "../../app/Paged";
import { When } from "../../app/When";
import { DeadLettersDocument, RedeliverDocument, type DeadLettersQuery } from "../../gql/graphql";
import { sentence } from "../../lib/client";
import { failureOf } from "../../lib/failures";
import { count, counted } from "../../lib/format";
import { useTitle } from "../../lib/title";
import { AdminHead } from "./AdminHead";
import { byConsumer } from "./letters";

type Letter = DeadLettersQuery["deadLetters"]["nodes"][number];

/** Events that a consumer gave up after all its tries, and the button that lets it try them anew. */
export function DeadLettersPage() {
  useTitle("Dead letters");
  const [params] = useSearchParams();
  return (
    <div className="stack">
      <AdminHead at="dead-letters" />
      <p className="soft">
        Events that a consumer could not handle. Mend what the error is about first, then give them back: each is tried eight times anew, and handled once.
      </p>
      <Paged
        what="dead letters"
        query={DeadLettersDocument}
        variables={{ consumer: params.get("consumer") }}
        pick={(data) => ({ ...data.deadLetters, totalCount: data.counted.totalCount })}
        rows={(rows, changed) => <Rows rows={rows} changed={changed} />}
        empty="None: every event was handled, or still is tried."
      />
    </div>
  );
}

function Rows({ rows, changed }: { rows: Letter[]; changed: () => void }) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [said, setSaid] = useState<{ text: string; isBad: boolean } | null>(null);
  const [{ fetching }, redeliver] = useMutation(RedeliverDocument);
  const keyOf = (row: Letter) => `${row.consumer} ${row.id}`;
  const wanted = rows.filter((row) => chosen.has(keyOf(row)));
  const go = async () => {
    let given = 0;
    for (const [consumer, ids] of byConsumer(wanted)) {
      const result = await redeliver({ consumer, ids });
      const found = result.data?.redeliverDeadLetters;
      if (found?.__typename !== "Redelivery") {
        setSaid({ text: failureOf(found)?.message ?? (result.error ? sentence(result.error) : "They were not given back."), isBad: true });
        return;
      }
      given += found.count;
    }
    setSaid({ text: `${counted(given, "event")} given back.`, isBad: false });
    setChosen(new Set());
    changed();
  };
  const toggle = (row: Letter, on: boolean) =>
    setChosen((before) => {
      const next = new Set(before);
      if (on) next.add(keyOf(row));
      else next.delete(keyOf(row));
      return next;
    });
  return (
    <>
      <div className="row">
        <Button disabled={!wanted.length} loading={fetching} onClick={() => void go()}>
          {wanted.length ? `Give ${counted(wanted.length, "event")} back` : "Give back"}
        </Button>
        <Button variant="default" onClick={() => setChosen(wanted.length === rows.length ? new Set() : new Set(rows.map(keyOf)))}>
          {wanted.length === rows.length ? "Choose none" : "Choose all of these"}
        </Button>
        <span role="status" className={said?.isBad ? "bad" : "soft"}>
          {said?.text}
        </span>
      </div>
      <div className="scroll">
        <table className="list cards">
          <caption className="unseen">Dead letters</caption>
          <thead>
            <tr>
              <th scope="col">
                <span className="unseen">Chosen</span>
              </th>
              <th scope="col">Consumer</th>
              <th scope="col">Event</th>
              <th scope="col">Error</th>
              <th scope="col" className="num">Tries</th>
              <th scope="col">Given up</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={keyOf(row)}>
                <td>
                  <Checkbox aria-label={`Choose ${row.id} of ${row.consumer}`} checked={chosen.has(keyOf(row))} onChange={(event) => toggle(row, event.currentTarget.checked)} />
                </td>
                <td data-label="Consumer" className="name">{row.consumer}</td>
                <td data-label="Event">
                  {row.type}
                  <div className="soft small">
                    <code title={row.id}>{row.id.slice(0, 13)}</code>
                    {row.user && (
                      <>
                        {" "}
                        of <code title={row.user}>{row.user.slice(0, 12)}</code>
                      </>
                    )}
                  </div>
                </td>
                <td data-label="Error" className="bad">{row.error}</td>
                <td data-label="Tries" className="num">{count(row.attempts)}</td>
                <td data-label="Given up">
                  <When at={row.at} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
