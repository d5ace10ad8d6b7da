/** Whether the session is still there, as the last answer said. */

type State = "open" | "ended";

let state: State = "open";
const listeners = new Set<() => void>();

export const session = {
  get: (): State => state,
  set(next: State): void {
    if (next === state) return;
    state = next;
    listeners.forEach((listener) => listener());
  },
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  },
};
