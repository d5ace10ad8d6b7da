import { serverNow } from "../../lib/clock";
import { bothTimes } from "../../lib/format";
import { ahead } from "./roles";

/** How far ahead a moment is, with the time here and in UTC on hover. */
export function Ahead({ at }: { at: string }) {
  return (
    <time dateTime={at} title={bothTimes(at)}>
      {ahead(at, serverNow())}
    </time>
  );
}
