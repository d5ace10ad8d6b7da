import { Fragment } from "react";

import { brokenText, gainText, headOf, isFor, restsOn, whyOf, type Found } from "./choice";

/** What was decided: the verdict first, then why, what it rests on, and who took no part. */
export function FoundCell({ found }: { found: Found }) {
  return (
    <div className="stack" role="status">
      <p className={isFor(found) ? "verdict good" : "verdict warn"}>
        <strong className="name">{headOf(found.decision, found.cell)}</strong>
      </p>
      <p>{whyOf(found)}</p>
      <dl className="facts found">
        {restsOn(found).map(({ name, text }) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd>{text}</dd>
          </Fragment>
        ))}
      </dl>
      {found.failed.length > 0 && (
        <ul>
          {found.failed.map((each) => (
            <li key={`${each.cell} ${each.limit}`}>
              <span className="name">{each.cell}</span> breaks the {brokenText(each.limit, each.value)}
            </li>
          ))}
        </ul>
      )}
      {found.aside.length > 0 && found.decision !== "NO" && (
        <details>
          <summary>Cells that took no part: {found.aside.length}</summary>
          <ul>
            {found.aside.map((each) => (
              <li key={each.cell}>
                <span className="name">{each.cell}</span>: {each.why}
                {gainText(each.gain) && <span className="soft"> ({gainText(each.gain)})</span>}
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}
