import { useCallback, useLayoutEffect, useRef } from "react";

/** A callback that stays the same one and does what the newest was written to do, so that memoised parts stay as they are. */
export function useSteady<Arguments extends unknown[], Result>(newest: (...given: Arguments) => Result): (...given: Arguments) => Result {
  const latest = useRef(newest);
  useLayoutEffect(() => void (latest.current = newest));
  return useCallback((...given: Arguments) => latest.current(...given), []);
}
