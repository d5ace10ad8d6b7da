/** State that a reload of the tab, an ended session or a wrong turn does not lose: it lies in the tab's own storage. */

import { useEffect, useState, type Dispatch, type SetStateAction } from "react";

export function useStored<T>(key: string, first: T): [T, Dispatch<SetStateAction<T>>] {
  const [value, setValue] = useState<T>(() => read(key) ?? first);
  useEffect(() => write(key, value), [key, value]);
  return [value, setValue];
}

/** Stores before anything else happens, as for what is about to be sent. */
export function write(key: string, value: unknown): void {
  try {
    sessionStorage.setItem(key, JSON.stringify(value));
  } catch {
    // A full or forbidden storage loses nothing that is on the screen.
  }
}

export function read<T>(key: string): T | null {
  try {
    const text = sessionStorage.getItem(key);
    return text === null ? null : (JSON.parse(text) as T);
  } catch {
    return null;
  }
}
