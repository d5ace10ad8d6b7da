import { Button, Checkbox, TextInput } from "@mantine/core";
import { useState } from "react";
import { useMutation } from "urql";

import { MakeWebhookDocument, type WebhookEvent } from "../../gql/graphql";
import { sentence } from "../../lib/client";
import { failureOf, fieldOf, type Failure } from "../../lib/failures";
import type { Secret } from "./NewSecret";
import { EVENTS, nameOf } from "./webhooks";

/** What is read anew after a change, an empty list too. */
export const LISTS = { additionalTypenames: ["Webhook", "WebhookMessageConnection"] };

/** An address that hears of events from now on; its secret is given to `made`, and the address is shown nowhere afterwards. */
export function MakeWebhook({ made }: { made: (secret: Secret) => void }) {
  const [address, setAddress] = useState("");
  const [label, setLabel] = useState("");
  const [events, setEvents] = useState<WebhookEvent[]>(EVENTS.map((each) => each.value));
  const [refused, setRefused] = useState<{ failure: Failure | null; message: string } | null>(null);
  const [{ fetching }, make] = useMutation(MakeWebhookDocument);
  const field = fieldOf(refused?.failure ?? null, ["address", "label", "events"]);
  const message = refused?.failure?.message ?? refused?.message;
  const go = async () => {
    const { data, error } = await make({ address: address.trim(), events, label: label.trim() }, LISTS);
    const found = data?.makeWebhook;
    if (found?.__typename === "SecretWebhook") {
      made({ name: nameOf(found.webhook), secret: found.secret });
      setRefused(null);
      setAddress("");
      setLabel("");
    } else setRefused({ failure: failureOf(found), message: error ? sentence(error) : "Nothing was made." });
  };
  const toggle = (event: WebhookEvent, isOn: boolean) => setEvents(EVENTS.map((each) => each.value).filter((each) => (each === event ? isOn : events.includes(each))));
  return (
    <section className="card stack" aria-labelledby="new-webhook">
      <h2 id="new-webhook">Make a webhook</h2>
      <form
        className="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (address.trim() && !fetching) void go();
        }}
      >
        <div className="row end">
          <TextInput
            label="Address"
            description="https, on the internet; its path may be a secret"
            placeholder="https://example.org/hooks/…"
            type="url"
            autoComplete="off"
            spellCheck={false}
            value={address}
            onChange={(event) => setAddress(event.currentTarget.value)}
            error={field === "address" ? message : undefined}
          />
          <TextInput
            label="What it is called"
            description="shown here and in notices"
            placeholder="our chat, or nothing"
            autoComplete="off"
            value={label}
            onChange={(event) => setLabel(event.currentTarget.value)}
            error={field === "label" ? message : undefined}
          />
        </div>
        <fieldset className="plain">
          <legend>It hears that</legend>
          {EVENTS.map((each) => (
            <Checkbox key={each.value} label={each.label} checked={events.includes(each.value)} onChange={(event) => toggle(each.value, event.currentTarget.checked)} />
          ))}
        </fieldset>
        {refused && (field === null || field === "events") && (
          <p role="alert" className="bad">
            {message}
          </p>
        )}
        <div className="row">
          <Button type="submit" loading={fetching} disabled={!address.trim()}>
            Make it
          </Button>
        </div>
      </form>
    </section>
  );
}
