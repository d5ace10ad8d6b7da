import { useId } from "react";

interface Props {
  label: string;
  value: string;
  choices: readonly { value: string; label: string }[];
  change: (value: string) => void;
  small?: boolean;
}

/** A choice of one among few, all in sight: radio buttons of the browser, which measure nothing to be drawn. */
export function Segments({ label, value, choices, change, small = false }: Props) {
  const name = useId();
  return (
    <div role="radiogroup" aria-label={label} className={small ? "segments small" : "segments"}>
      {choices.map((each) => (
        <label key={each.value}>
          <input type="radio" name={name} checked={each.value === value} onChange={() => change(each.value)} />
          <span>{each.label}</span>
        </label>
      ))}
    </div>
  );
}
