import type { Field } from "./draft";
import { LABELS, optionName } from "./options";

/** What an option does, and its name elsewhere where that is not its label. */
export function Hint({ of, children }: { of: Field; children: string }) {
  const name = optionName(of);
  return (
    <>
      {children}
      {name !== LABELS[of].toLowerCase() && (
        <>
          {" "}
          <code>{name}</code>
        </>
      )}
    </>
  );
}
