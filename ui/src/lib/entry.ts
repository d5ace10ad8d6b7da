/** What the browser's history holds of a view beside its address: how much of a list was shown, and how far it was scrolled. */

type Stored = Record<string, unknown>;

/** What was stored under this name in the present entry, undefined where it is another list's or nothing. */
export function stored<T>(name: string, of: string): T | undefined {
  const found = (history.state as Stored | null)?.[name] as { of: string; value: T } | undefined;
  return found?.of === of ? found.value : undefined;
}

/** Stores a value in the present entry; it goes with the entry, and not to the next address. */
export function store(name: string, of: string, value: unknown): void {
  history.replaceState({ ...(history.state as Stored | null), [name]: { of, value } }, "");
}

/** Whether writing a parameter replaces the entry: what is typed on does, so that one step back leaves the whole text. */
export function typesOn(before: URLSearchParams, name: string): boolean {
  return Boolean(before.get(name));
}
