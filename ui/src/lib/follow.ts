/** Follows a stream that ends when it is over, and resumes behind the last event when the connection breaks. */

export interface Sink<T> {
  next: (event: T) => void;
  error: (error: unknown) => void;
  complete: () => void;
}

export type State = "live" | "waiting" | "over" | "refused";

interface Options<T> {
  /** Opens the stream behind a cursor, null for its beginning; gives what closes it. */
  open: (after: string | null, sink: Sink<T>) => () => void;
  cursorOf: (event: T) => string;
  onEvent: (event: T) => void;
  onState: (state: State) => void;
  /** Whether an error is the server's answer, which asking again does not change. */
  isFinal?: (error: unknown) => boolean;
  /** Waits before another attempt; gives what ends the wait without one. */
  wait?: (ms: number, go: () => void) => () => void;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

function timed(ms: number, go: () => void): () => void {
  const timer = setTimeout(go, ms);
  return () => clearTimeout(timer);
}

/** Follow until it is over; gives what ends it before. Waits twice as long after each attempt without an event. */
export function follow<T>({ open, cursorOf, onEvent, onState, isFinal = () => false, wait = timed }: Options<T>): () => void {
  let after: string | null = null;
  let pause = FIRST_WAIT_MS;
  let ended = false;
  let close = () => {};

  const connect = () => {
    let isOver = false;
    const sink: Sink<T> = {
      next(event) {
        if (ended) return;
        after = cursorOf(event);
        pause = FIRST_WAIT_MS;
        onState("live");
        onEvent(event);
      },
      error(error) {
        if (ended || isOver) return;
        isOver = true;
        if (isFinal(error)) {
          ended = true;
          onState("refused");
          return;
        }
        onState("waiting");
        close = wait(pause, connect);
        pause = Math.min(pause * 2, LONGEST_WAIT_MS);
      },
      complete() {
        if (ended || isOver) return;
        isOver = true;
        ended = true;
        onState("over");
      },
    };
    close = open(after, sink);
  };
  connect();
  return () => {
    ended = true;
    close();
  };
}
