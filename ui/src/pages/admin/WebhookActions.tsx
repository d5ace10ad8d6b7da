import { Button } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { useMutation, type CombinedError } from "urql";

import { Dialog } from "../../app/Dialog";
import { DisableWebhookDocument, EnableWebhookDocument, RemoveWebhookDocument, RotateWebhookSecretDocument, TestWebhookDocument } from "../../gql/graphql";
import { sentence } from "../../lib/client";
import { failureOf } from "../../lib/failures";
import { LISTS } from "./MakeWebhook";
import type { Secret } from "./NewSecret";
import { nameOf, type Webhook } from "./webhooks";

type Asked = "rotate" | "disable" | "remove";

const QUESTIONS: Record<Asked, { title: string; text: ReactNode; yes: string }> = {
  rotate: {
    title: "Give it a new secret?",
    text: "The new secret is shown once. Messages are signed by the old one too for a day, in which its receiver changes over.",
    yes: "Make a new secret",
  },
  disable: {
    title: "Disable this webhook?",
    text: "It is sent nothing any more, also of what waits, until it is enabled. What happens meanwhile it never hears.",
    yes: "Disable it",
  },
  remove: {
    title: "Remove this webhook?",
    text: "Its address, secret and messages are deleted. There is no way back but to make another.",
    yes: "Remove it",
  },
};

/** What an admin can do with one webhook; what is hard to take back asks first. */
export function WebhookActions({ webhook, made }: { webhook: Webhook; made: (secret: Secret) => void }) {
  const [asked, setAsked] = useState<Asked | null>(null);
  const [said, setSaid] = useState<{ text: string; isBad: boolean } | null>(null);
  const [testing, test] = useMutation(TestWebhookDocument);
  const [rotating, rotate] = useMutation(RotateWebhookSecretDocument);
  const [disabling, disable] = useMutation(DisableWebhookDocument);
  const [enabling, enable] = useMutation(EnableWebhookDocument);
  const [removing, remove] = useMutation(RemoveWebhookDocument);
  const of = { webhook: webhook.id };
  const isBusy = rotating.fetching || disabling.fetching || removing.fetching;
  const done = (found: object | null | undefined, error: CombinedError | undefined, text: string) => {
    const failure = failureOf(found);
    const isBad = Boolean(failure || error || !found);
    setAsked(null);
    setSaid({ text: isBad ? (failure?.message ?? (error ? sentence(error) : "Nothing was changed.")) : text, isBad });
  };
  const answer: Record<Asked, () => Promise<void>> = {
    rotate: async () => {
      const { data, error } = await rotate(of, LISTS);
      const found = data?.rotateWebhookSecret;
      done(found, error, "It has a new secret.");
      if (found?.__typename === "SecretWebhook") made({ name: nameOf(found.webhook), secret: found.secret });
    },
    disable: async () => {
      const { data, error } = await disable(of, LISTS);
      done(data?.disableWebhook, error, "Disabled.");
    },
    remove: async () => {
      const { data, error } = await remove(of, LISTS);
      done(data?.removeWebhook, error, "Removed.");
    },
  };
  const sendTest = async () => {
    const { data, error } = await test(of, LISTS);
    done(data?.testWebhook, error, "A test is sent: look at its messages.");
  };
  const allow = async () => {
    const { data, error } = await enable(of, LISTS);
    done(data?.enableWebhook, error, "Enabled.");
  };
  const name = nameOf(webhook);
  return (
    <>
      <div className="row">
        {webhook.state === "ENABLED" && (
          <Button size="compact-sm" variant="default" loading={testing.fetching} aria-label={`Test ${name}`} onClick={() => void sendTest()}>
            Test
          </Button>
        )}
        <Button size="compact-sm" variant="default" aria-label={`New secret for ${name}`} onClick={() => setAsked("rotate")}>
          New secret
        </Button>
        {webhook.state === "ENABLED" ? (
          <Button size="compact-sm" variant="default" aria-label={`Disable ${name}`} onClick={() => setAsked("disable")}>
            Disable
          </Button>
        ) : (
          <Button size="compact-sm" variant="default" loading={enabling.fetching} aria-label={`Enable ${name}`} onClick={() => void allow()}>
            Enable
          </Button>
        )}
        <Button size="compact-sm" variant="default" aria-label={`Remove ${name}`} onClick={() => setAsked("remove")}>
          Remove
        </Button>
      </div>
      <div role="status" className={said?.isBad ? "bad small" : "soft small"}>
        {said?.text}
      </div>
      <Dialog title={asked ? QUESTIONS[asked].title : ""} opened={asked !== null} close={() => setAsked(null)}>
        {asked && (
          <>
            <p>
              <strong>{name}</strong>: {QUESTIONS[asked].text}
            </p>
            <div className="row">
              <Button loading={isBusy} onClick={() => void answer[asked]()}>
                {QUESTIONS[asked].yes}
              </Button>
              <Button variant="default" onClick={() => setAsked(null)}>
                Leave it
              </Button>
            </div>
          </>
        )}
      </Dialog>
    </>
  );
}
