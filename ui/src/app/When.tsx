import { serverNow } from "../lib/clock";
import { ago, bothTimes, UNKNOWN } from "../lib/format";

/** How long ago a moment was, with the time here and in UTC on hover. */
export function When({ at }: { at: string | null | undefined }) {
  if (!at) return <span>{UNKNOWN}</span>;
  return (
    <time dateTime={at} title={bothTimes(at)}>
      {ago(at, serverNow())}
    </time>
  );
}
