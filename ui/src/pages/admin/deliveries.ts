/** Deliveries in words, and what the address says of their list. */

import type { DeliveryChannel, DeliveryFilter, DeliveryState, NoticeCountsQuery } from "../../gql/graphql";
import { counted, duration } from "../../lib/format";

export const STATES: readonly { value: DeliveryState; label: string }[] = [
  { value: "WAITING", label: "waiting" },
  { value: "SENDING", label: "being sent" },
  { value: "DELIVERED", label: "delivered" },
  { value: "UNKNOWN", label: "unknown whether it arrived" },
  { value: "INBOX", label: "in the inbox alone" },
  { value: "EXPIRED", label: "expired" },
  { value: "MUTED", label: "muted by the user" },
  { value: "UNREADABLE", label: "unreadable" },
];

export const CHANNELS: readonly { value: DeliveryChannel; label: string }[] = [
  { value: "PUSH", label: "push" },
  { value: "EMAIL", label: "e-mail" },
];

const HELD: Record<string, string> = {
  paused: "paused by the user",
  digest: "collected for a digest",
  cap_24h: "cap of 24 hours reached",
  cap_day: "cap of the day reached",
  cap_topic: "cap of its topic reached",
  quiet: "quiet hours",
};

/** The filter of an address, null where it asks for everything; words that are no state or channel count as none. */
export function deliveryFilter(params: URLSearchParams): DeliveryFilter | null {
  const said = (name: string) => params.get(name)?.trim() ?? "";
  const state = STATES.find((each) => each.value.toLowerCase() === said("state").toLowerCase())?.value;
  const channel = CHANNELS.find((each) => each.value.toLowerCase() === said("channel").toLowerCase())?.value;
  const user = said("user");
  if (!state && !channel && !user) return null;
  return { ...(state && { state }), ...(channel && { channel }), ...(user && { user }) };
}

/** The state as people read it. */
export function stateLabel(state: DeliveryState): string {
  return STATES.find((each) => each.value === state)?.label ?? state.toLowerCase();
}

/** What holds a notice now, in a few words; empty where nothing does. */
export function heldBy(delivery: { state: DeliveryState; holds: readonly { code: string }[] }): string {
  if (delivery.state !== "WAITING") return "";
  return delivery.holds.map(({ code }) => HELD[code] ?? code.replaceAll("_", " ")).join(", then ");
}

/** What waits and for how long, in a sentence. */
export function waitingLine(counts: Pick<NoticeCountsQuery["noticeCounts"], "waiting" | "due" | "oldestWaitingS" | "overdueS">): string {
  if (!counts.waiting) return "Nothing waits.";
  const due = counts.due ? ` ${counted(counts.due, "is", "are")} due, the first for ${duration(counts.overdueS)}.` : "";
  return `${counted(counts.waiting, "notice waits", "notices wait")}, the oldest for ${duration(counts.oldestWaitingS)}.${due}`;
}
