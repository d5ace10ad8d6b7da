import { useState } from "react";

import { Dialog } from "./Dialog";
import { ACTIONS, DEFAULT_KEYS, remapped, shownKey, type ActionName, type Keymap } from "./keymap";
import type { Criterion } from "./model";

interface Props {
  keys: Keymap;
  setKeys: (keys: Keymap) => void;
  auto: boolean;
  setAuto: (on: boolean) => void;
  criteria: readonly Criterion[];
  close: () => void;
}

/** The keys, each to be changed, and the rubric in whole. */
export function KeysDialog({ keys, setKeys, auto, setAuto, criteria, close }: Props) {
  const [changing, setChanging] = useState<ActionName | null>(null);
  const [refused, setRefused] = useState("");
  return (
    <Dialog title="Keys and rules" close={close}>
      <p>Digits score the criterion that is open; after the last one the next item comes. To change a key, press its button and then the new key.</p>
      <ul className="keys">
        {(Object.keys(ACTIONS) as ActionName[]).map((action) => (
          <li key={action}>
            <span>{ACTIONS[action]}</span>
            <button
              type="button"
              aria-label={`Key for ${ACTIONS[action]}: ${shownKey(keys[action])}`}
              aria-pressed={changing === action}
              onClick={() => {
                setChanging(changing === action ? null : action);
                setRefused("");
              }}
              onBlur={() => setChanging(null)}
              onKeyDown={(event) => {
                if (changing !== action || ["Tab", "Escape", "Shift"].includes(event.key)) return;
                event.preventDefault();
                const changed = remapped(keys, action, { key: event.key, code: event.code });
                if ("refused" in changed) return setRefused(changed.refused);
                setKeys(changed.keys);
                setChanging(null);
              }}
            >
              <kbd>{changing === action ? "press a key" : shownKey(keys[action])}</kbd>
            </button>
          </li>
        ))}
      </ul>
      <p role="status" className="notice">
        {refused}
      </p>
      <label className="check">
        <input type="checkbox" checked={auto} onChange={(event) => setAuto(event.currentTarget.checked)} /> Go to the next item after the last score by itself
      </label>
      <h3>What the scores mean</h3>
      {criteria.map((criterion) => (
        <details key={criterion.name}>
          <summary>{criterion.name.replaceAll("_", " ")}</summary>
          <p>{criterion.description}</p>
          <ol className="anchors">
            {criterion.anchors.map((anchor) => (
              <li key={anchor.level}>
                <b>{anchor.level}</b> <span>{anchor.text}</span>
              </li>
            ))}
          </ol>
        </details>
      ))}
      <div className="row">
        <button type="button" onClick={() => setKeys(DEFAULT_KEYS)}>
          The usual keys again
        </button>
        <button type="button" className="main" onClick={close}>
          Close
        </button>
      </div>
    </Dialog>
  );
}
