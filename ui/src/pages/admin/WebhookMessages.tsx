import { Button, Select } from "@mantine/core";
import { useState } from "react";
import { useMutation } from "urql";
import { useSearchParams } from "wouter";

import { Paged } from "../../app/Paged";
import { Moment, When } from "../../app/When";
import { SendWebhookMessageAgainDocument, WebhookMessagesDocument, type WebhookMessageState } from "../../gql/graphql";
import { sentence } from "../../lib/client";
import { failureOf } from "../../lib/failures";
import { LISTS } from "./MakeWebhook";
import { aboutOf, lastAttempt, messageFilter, nameOf, pretty, STATES, type Message, type Webhook } from "./webhooks";

const TONES: Record<WebhookMessageState, string> = { WAITING: "", DELIVERED: "good", FAILED: "bad" };

/** The log of messages: what was sent to whom, what came of each attempt, and a way to send one again. */
export function WebhookMessages({ webhooks }: { webhooks: Webhook[] }) {
  const [params, setParams] = useSearchParams();
  const where = messageFilter(params);
  const set = (name: string, value: string | null) => {
    setParams(Object.fromEntries(Object.entries({ ...Object.fromEntries(params), [name]: value ?? "" }).filter(([, each]) => each)));
  };
  const names = new Map(webhooks.map((each) => [each.id, nameOf(each)]));
  return (
    <section className="stack" aria-labelledby="messages">
      <h2 id="messages">Messages</h2>
      <div className="row end" role="search" aria-label="Messages">
        <Select
          label="Webhook"
          placeholder="any"
          clearable
          data={webhooks.map((each) => ({ value: each.id, label: nameOf(each) }))}
          value={where.webhook}
          onChange={(value) => set("webhook", value)}
        />
        <Select label="State" placeholder="any" clearable data={STATES} value={where.state} onChange={(value) => set("state", value?.toLowerCase() ?? null)} />
      </div>
      <Paged
        what="messages"
        query={WebhookMessagesDocument}
        variables={where}
        pick={(data) => ({ ...data.webhookMessages, totalCount: data.counted.totalCount })}
        rows={(rows, changed) => <Rows rows={rows} names={names} changed={changed} />}
        empty={where.webhook || where.state ? "No message is like that." : "Nothing was sent yet."}
      />
    </section>
  );
}

function Rows({ rows, names, changed }: { rows: Message[]; names: Map<string, string>; changed: () => void }) {
  return (
    <>
      <div className="row">
        <Button size="compact-sm" variant="default" onClick={changed}>
          Look again
        </Button>
      </div>
      <div className="scroll">
        <table className="list cards">
          <caption className="unseen">Messages</caption>
          <thead>
            <tr>
              <th scope="col">Made</th>
              <th scope="col">Message</th>
              <th scope="col">State</th>
              <th scope="col">Attempts</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.id}>
                <td data-label="Made" className="nowrap">
                  <When at={row.madeAt} />
                </td>
                <td data-label="Message">
                  {row.type}
                  <div className="soft small">
                    to {names.get(row.webhook) ?? row.webhook}
                    {aboutOf(row.body) && `, about ${aboutOf(row.body)}`}
                  </div>
                  <details className="small">
                    <summary aria-label={`what it says: ${row.id}`}>what it says</summary>
                    <code title="webhook-id">{row.id}</code>
                    <pre>{pretty(row.body)}</pre>
                  </details>
                </td>
                <td data-label="State">
                  <span className={TONES[row.state]}>{STATES.find((each) => each.value === row.state)?.label ?? row.state}</span>
                  {row.nextAt && (
                    <div className="soft small">
                      sent next <Moment at={row.nextAt} />
                    </div>
                  )}
                  {row.state !== "WAITING" && <SendAgain message={row.id} changed={changed} />}
                </td>
                <td data-label="Attempts">
                  <Attempts row={row} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Attempts({ row }: { row: Message }) {
  if (!row.attempts.length) return <span className="soft">none</span>;
  return (
    <>
      {lastAttempt(row)}
      {row.attempts.length > 1 && (
        <details className="small">
          <summary aria-label={`all ${row.attempts.length} attempts of ${row.id}`}>all {row.attempts.length}</summary>
          <ol className="way">
            {row.attempts.map((each, number) => (
              <li key={number}>
                <Moment at={each.at} />: {lastAttempt({ attempts: [each] })}, {each.tookMs} ms
              </li>
            ))}
          </ol>
        </details>
      )}
    </>
  );
}

function SendAgain({ message, changed }: { message: string; changed: () => void }) {
  const [refused, setRefused] = useState("");
  const [{ fetching }, send] = useMutation(SendWebhookMessageAgainDocument);
  const go = async () => {
    const { data, error } = await send({ message }, LISTS);
    const failure = failureOf(data?.sendWebhookMessageAgain);
    setRefused(failure?.message ?? (error ? sentence(error) : ""));
    if (!failure && !error) changed();
  };
  return (
    <div>
      <Button size="compact-sm" variant="default" loading={fetching} aria-label={`Send again: ${message}`} onClick={() => void go()}>
        Send again
      </Button>
      {refused && (
        <p role="alert" className="bad small">
          {refused}
        </p>
      )}
    </div>
  );
}
