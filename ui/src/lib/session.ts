/** Whether the session is still there, and one of an admin, as the last answer said. */

export type State = "open" | "ended" | "demoted";

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
