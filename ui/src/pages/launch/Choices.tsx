import { Checkbox } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { Link } from "wouter";

import { count, counted } from "../../lib/format";

export interface Choice {
  name: string;
  detail: ReactNode;
  /** Why it cannot be used now. */
  warning?: string | null;
  preview?: unknown;
}

interface Props {
  legend: string;
  hint: string;
  choices: Choice[];
  chosen: string[];
  change: (chosen: string[]) => void;
  error?: string | undefined;
}

/** Entries of the catalog to choose several of, each with its text on demand. */
export function Choices({ legend, hint, choices, chosen, change, error }: Props) {
  const toggle = (name: string, on: boolean) => change(on ? [...chosen, name] : chosen.filter((each) => each !== name));
  return (
    <fieldset className="plain card">
      <legend>
        <h2>{legend}</h2>
      </legend>
      <p className="soft small">{chosen.length ? `${chosen.length} chosen` : hint}</p>
      {error && (
        <p role="alert" className="bad small">
          {error}
        </p>
      )}
      <div className="choices">
        {choices.map((choice) => (
          <div className="choice" key={choice.name}>
            <div className="grow">
              <Checkbox
                label={<span className="name">{choice.name}</span>}
                description={<Detail choice={choice} />}
                checked={chosen.includes(choice.name)}
                onChange={(event) => toggle(choice.name, event.currentTarget.checked)}
              />
              {choice.preview !== undefined && <Preview content={choice.preview} of={choice.name} />}
            </div>
          </div>
        ))}
      </div>
    </fieldset>
  );
}

function Detail({ choice }: { choice: Choice }) {
  return (
    <>
      {choice.detail}
      {choice.warning && <span className="warn"> {choice.warning}</span>}
    </>
  );
}

/** A catalog of thousands is for its own page; here are as many as one reads while filling in a form. */
const MOST = 100;

/** What scenarios are drawn from, in the page once it is wanted. */
export function Scenarios({ choices }: { choices: Choice[] }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details className="small" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>The catalog's {counted(choices.length, "scenario")}</summary>
      {isOpen && (
        <div className="choices">
          {choices.slice(0, MOST).map((choice) => (
            <div className="choice" key={choice.name}>
              <div className="grow">
                <span className="name">{choice.name}</span> <bdi className="soft">{choice.detail}</bdi>
                <Preview content={choice.preview} of={choice.name} />
              </div>
            </div>
          ))}
          {choices.length > MOST && (
            <p className="choice">
              <Link to="/catalog/scenarios">{`The other ${count(choices.length - MOST)} are in the catalog`}</Link>
            </p>
          )}
        </div>
      )}
    </details>
  );
}

/** The content of an entry of the catalog, field by field, as text and never as anything else. */
export function Preview({ content, of }: { content: unknown; of: string }) {
  if (typeof content !== "object" || content === null) return null;
  const parts = Object.entries(content).filter(([, value]) => value !== null && value !== "" && JSON.stringify(value) !== "[]");
  return (
    <details className="small preview">
      <summary aria-label={`Text of ${of}`}>Text</summary>
      {parts.map(([key, value]) => (
        <div key={key}>
          <div className="soft">{key.replaceAll("_", " ")}</div>
          <pre className="text" tabIndex={0} dir="auto">{typeof value === "string" ? value : JSON.stringify(value, null, 1)}</pre>
        </div>
      ))}
    </details>
  );
}
