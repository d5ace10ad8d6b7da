import { serverNow } from "../lib/clock";
import { ago, bothTimes, moment, UNKNOWN } from "../lib/format";

/** A day to come or gone, with the time here and in UTC on hover. */
export function Day({ at, style = "long" }: { at: string; style?: "long" | "medium" }) {
  return (
    <time dateTime={at} title={bothTimes(at)}>
      {new Date(at).toLocaleDateString(undefined, { dateStyle: style })}
    </time>
  );
}

/** A moment in the viewer's zone, to the minute or its time of day alone, with the time in UTC on hover. */
export function Moment({ at, isToday = false }: { at: string; isToday?: boolean }) {
  return (
    <time dateTime={at} title={bothTimes(at)}>
      {isToday ? new Date(at).toLocaleTimeString(undefined, { timeStyle: "short" }) : moment(at)}
    </time>
  );
}

/** How long ago a moment was, with the time here and in UTC on hover. */
export function When({ at }: { at: string | null | undefined }) {
  if (!at) return <span>{UNKNOWN}</span>;
  return (
    <time dateTime={at} title={bothTimes(at)}>
      {ago(at, serverNow())}
    </time>
  );
}
