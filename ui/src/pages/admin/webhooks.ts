/** Webhooks and their messages in words, and what the address says of the list of messages. */

import type { WebhookEvent, WebhookMessagesQuery, WebhookMessageState, WebhooksQuery } from "../../gql/graphql";

export type Webhook = WebhooksQuery["webhooks"][number];
export type Message = WebhookMessagesQuery["webhookMessages"]["nodes"][number];

export const EVENTS: readonly { value: WebhookEvent; label: string }[] = [
  { value: "LEADERBOARD_PUBLISHED", label: "a leaderboard was published" },
  { value: "RUN_FINISHED", label: "a run ended" },
  { value: "EXPORT_READY", label: "an export is ready for a judge" },
  { value: "CHECK_FAILED", label: "a check failed" },
  { value: "POLICY_PROMOTED", label: "a policy was promoted" },
];

export const STATES: readonly { value: WebhookMessageState; label: string }[] = [
  { value: "WAITING", label: "waiting" },
  { value: "DELIVERED", label: "delivered" },
  { value: "FAILED", label: "not delivered" },
];

/** An event as people read it. */
export function eventLabel(event: WebhookEvent): string {
  return EVENTS.find((each) => each.value === event)?.label ?? event.toLowerCase().replaceAll("_", " ");
}

/** What a webhook hears of, in words and in the order of the form, what a later server adds behind it. */
export function heard(events: readonly WebhookEvent[]): string {
  const known = EVENTS.map((each) => each.value);
  const ordered = [...known.filter((each) => events.includes(each)), ...events.filter((each) => !known.includes(each))];
  return ordered.map(eventLabel).join(", ");
}

/** The experiment that a message is about; empty where it is about none. */
export function aboutOf(body: string): string {
  try {
    const said = JSON.parse(body) as { data?: { experiment?: unknown } } | null;
    return typeof said?.data?.experiment === "string" ? said.data.experiment : "";
  } catch {
    return "";
  }
}

/** The filter of an address; a word that is no state counts as none. */
export function messageFilter(params: URLSearchParams): { webhook: string | null; state: WebhookMessageState | null } {
  const said = params.get("state")?.trim().toUpperCase();
  return { webhook: params.get("webhook")?.trim() || null, state: STATES.find((each) => each.value === said)?.value ?? null };
}

/** What a webhook is called: its label, else where it leads. */
export function nameOf(webhook: Pick<Webhook, "label" | "origin">): string {
  return webhook.label || webhook.origin;
}

export type Health = "disabled" | "failing" | "new" | "fine";

/** How a webhook does: disabled, failing since its last success, not used yet, or fine. */
export function healthOf(webhook: Pick<Webhook, "state" | "failingSince" | "deliveredAt">): Health {
  if (webhook.state === "DISABLED") return "disabled";
  if (webhook.failingSince) return "failing";
  return webhook.deliveredAt ? "fine" : "new";
}

/** What came of the last attempt, in a few words; empty before the first. */
export function lastAttempt(message: Pick<Message, "attempts">): string {
  const last = message.attempts.at(-1);
  if (!last) return "";
  return last.status === null || last.status === undefined ? last.outcome : `${last.outcome} (${last.status})`;
}

/** The body of a message by lines, as it is where it is no JSON. */
export function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
