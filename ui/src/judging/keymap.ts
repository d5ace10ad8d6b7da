/** Keys of the page: what each does, and how a judge changes it. */

export const ACTIONS = {
  next: "Save and next",
  back: "Back",
  undo: "Undo",
  skip: "Skip",
  flag: "Flag",
  unscorable: "Cannot score",
  comment: "Comment",
  up: "Criterion before",
  down: "Criterion after",
  yes: "Yes",
  no: "No",
  pause: "Pause",
  help: "Keys and rules",
} as const;

export type ActionName = keyof typeof ACTIONS;
export type Keymap = Readonly<Record<ActionName, string>>;

export const DEFAULT_KEYS: Keymap = {
  next: "Enter",
  back: "b",
  undo: "u",
  skip: "s",
  flag: "f",
  unscorable: "x",
  comment: "c",
  up: "k",
  down: "j",
  yes: "y",
  no: "n",
  pause: "p",
  help: "?",
};

/** Keys that always do this, whatever is chosen. */
const FIXED: Readonly<Record<string, ActionName>> = { ArrowLeft: "back", ArrowRight: "next" };
/** Keys that pages and browsers need. */
const RESERVED = /^(Tab|Escape|Shift|Control|Alt|Meta|AltGraph|CapsLock|Arrow.*|Page.*|Home|End|F\d+|Dead|Process|Unidentified| )$/;

export interface Press {
  key: string;
  code: string;
}

export type Meaning = { level: number } | { action: ActionName } | null;

/** What a key means: a level, by the character or else by the digit's place on the keyboard, or an act. */
export function meaningOf(press: Press, keys: Keymap): Meaning {
  const name = press.key.length === 1 ? press.key.toLowerCase() : press.key;
  const chosen = (Object.keys(ACTIONS) as ActionName[]).find((each) => keys[each] === name);
  if (chosen) return { action: chosen };
  const digit = /^\d$/.test(press.key) ? press.key : /^(?:Digit|Numpad)(\d)$/.exec(press.code)?.[1];
  if (digit !== undefined) return { level: Number(digit) };
  const fixed = FIXED[press.key];
  return fixed ? { action: fixed } : null;
}

/** The value that a digit gives on a scale: itself, and 0 for 10 where the scale begins above 0 and ends there. */
export function levelOf(digit: number, low: number, high: number): number | null {
  const value = digit === 0 && low > 0 && high === 10 ? 10 : digit;
  return value >= low && value <= high ? value : null;
}

/** The keys with one changed, or why not. */
export function remapped(keys: Keymap, action: ActionName, press: Press): { keys: Keymap } | { refused: string } {
  const name = press.key.length === 1 ? press.key.toLowerCase() : press.key;
  if (RESERVED.test(press.key)) return { refused: `${shownKey(press.key)} is needed by the browser: press another key.` };
  if (/^\d$/.test(name)) return { refused: "Digits are the scores: press another key." };
  const taken = (Object.keys(ACTIONS) as ActionName[]).find((each) => each !== action && keys[each] === name);
  if (taken) return { refused: `${shownKey(name)} is for “${ACTIONS[taken]}” already: press another key.` };
  return { keys: { ...keys, [action]: name } };
}

/** Keys as they were stored, with the default for whatever is not usable. */
export function keysOf(stored: unknown): Keymap {
  let keys = DEFAULT_KEYS;
  if (typeof stored !== "object" || stored === null) return keys;
  for (const [action, key] of Object.entries(stored)) {
    if (!(action in ACTIONS) || typeof key !== "string") continue;
    const changed = remapped(keys, action as ActionName, { key, code: "" });
    if ("keys" in changed) keys = changed.keys;
  }
  return keys;
}

/** A key as it stands on a button. */
export function shownKey(key: string): string {
  if (key === "Enter") return "⏎";
  if (key === " ") return "Space";
  return key.length === 1 ? key.toUpperCase() : key;
}
