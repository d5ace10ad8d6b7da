import { isAsked, levelsOf, type Criterion, type Draft, type Item } from "./model";
import { shownKey, type Keymap } from "./keymap";

interface Props {
  item: Item;
  criteria: readonly Criterion[];
  draft: Draft;
  focus: number;
  keys: Keymap;
  choose: (criterion: number, value: number) => void;
  clear: (criterion: number) => void;
  look: (criterion: number) => void;
  disabled: boolean;
}

/** The rubric: a row of values for each criterion that the item is judged by; the one that a key answers shows what each value means. */
export function Criteria({ item, criteria, draft, focus, keys, choose, clear, look, disabled }: Props) {
  return (
    <div className="criteria">
      {criteria.map(
        (criterion, index) =>
          isAsked(criterion, item) && (
            <Row
              key={criterion.name}
              criterion={criterion}
              value={draft.scores[criterion.name]}
              focused={index === focus}
              keys={keys}
              choose={(value) => choose(index, value)}
              clear={() => clear(index)}
              look={() => look(index)}
              disabled={disabled}
            />
          ),
      )}
    </div>
  );
}

interface RowProps {
  criterion: Criterion;
  value: number | undefined;
  focused: boolean;
  keys: Keymap;
  choose: (value: number) => void;
  clear: () => void;
  look: () => void;
  disabled: boolean;
}

function Row({ criterion, value, focused, keys, choose, clear, look, disabled }: RowProps) {
  const levels = levelsOf(criterion);
  const chosen = value === undefined ? undefined : criterion.anchors.find((anchor) => Number(anchor.level) === value);
  return (
    <fieldset className="criterion" data-focused={focused || undefined} data-done={value !== undefined || undefined}>
      <legend>
        <button type="button" className="criterion-name" aria-expanded={focused} onClick={look}>
          {criterion.name.replaceAll("_", " ")}
        </button>
        {criterion.gate && <span className="gate">condition</span>}
        {focused && <span className="unseen">, the keys score this one</span>}
        {focused && !disabled && levels.length > 1 && !criterion.yesNo && (
          <span className="by-key" aria-hidden="true">
            press <kbd>{levels[0]}</kbd> to <kbd>{levels.at(-1)}</kbd>
          </span>
        )}
      </legend>
      {focused && <p className="question">{criterion.description}</p>}
      {levels.length > 0 ? (
        <div className="levels">
          {levels.map((level) => (
            <button
              key={level}
              type="button"
              className="level"
              aria-pressed={value === level}
              disabled={disabled}
              title={meaning(criterion, level)}
              onClick={() => (value === level ? clear() : choose(level))}
            >
              {criterion.yesNo ? (
                <>
                  {level === 1 ? "Yes" : "No"} <kbd aria-hidden="true">{shownKey(level === 1 ? keys.yes : keys.no)}</kbd>
                </>
              ) : (
                level
              )}
            </button>
          ))}
        </div>
      ) : (
        <NumberField criterion={criterion} value={value} choose={choose} disabled={disabled} />
      )}
      {focused && criterion.anchors.length > 0 && (
        <ol className="anchors">
          {criterion.anchors.map((anchor) => (
            <li key={anchor.level} data-chosen={Number(anchor.level) === value || undefined}>
              <b>{anchor.level}</b> <span>{anchor.text}</span>
            </li>
          ))}
        </ol>
      )}
      {!focused && chosen && <p className="meaning">{chosen.text}</p>}
    </fieldset>
  );
}

function NumberField({ criterion, value, choose, disabled }: Pick<RowProps, "criterion" | "value" | "choose" | "disabled">) {
  return (
    <label className="number">
      <span>
        {criterion.low} to {criterion.high}
      </span>
      <input
        key={value ?? "none"}
        inputMode="decimal"
        defaultValue={value ?? ""}
        disabled={disabled}
        onBlur={(event) => {
          const given = Number(event.currentTarget.value.trim().replace(",", "."));
          if (event.currentTarget.value.trim() && given >= criterion.low && given <= criterion.high) choose(given);
        }}
        onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
      />
    </label>
  );
}

function meaning(criterion: Criterion, level: number): string | undefined {
  return criterion.anchors.find((anchor) => Number(anchor.level) === level)?.text;
}
