import { Button } from "@mantine/core";
import { useState } from "react";

import { When } from "../../app/When";
import { count, counted } from "../../lib/format";
import { decidedBy, decidedLabel, forWhom, type Promotion } from "./policies";
import { PolicyName } from "./PolicyName";

const FEW = 10;

/** Every promotion on record, that in force first. */
export function History({ promotions }: { promotions: readonly Promotion[] }) {
  const [isAll, setAll] = useState(false);
  const shown = isAll ? promotions : promotions.slice(0, FEW);
  return (
    <section className="stack tight" aria-labelledby="promotions">
      <h2 id="promotions">Promotions</h2>
      <div className="scroll">
        <table className="list cards">
          <caption className="unseen">Promotions, that in force first</caption>
          <thead>
            <tr>
              <th scope="col">Number</th>
              <th scope="col">Decided</th>
              <th scope="col">Draws for all</th>
              <th scope="col">On trial</th>
              <th scope="col">Why</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((each, number) => (
              <tr key={each.version}>
                <td data-label="Number">
                  {count(each.version)} {number === 0 && <span className="badge">in force</span>}
                </td>
                <td data-label="Decided">
                  {decidedLabel(each.kind)}
                  <div className="soft small">
                    by <code>{decidedBy(each)}</code>
                    {each.at && (
                      <>
                        , <When at={each.at} />
                      </>
                    )}
                  </div>
                </td>
                <td data-label="Draws for all">
                  <PolicyName policy={each.policy} />
                </td>
                <td data-label="On trial">
                  {each.canary ? (
                    <>
                      <PolicyName policy={each.canary} />
                      <div className="soft small">{forWhom(each.share)}</div>
                    </>
                  ) : (
                    <span className="soft">nothing</span>
                  )}
                </td>
                <td data-label="Why">
                  <div className="said-text">{each.reason}</div>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {shown.length < promotions.length && (
        <Button variant="default" className="start" onClick={() => setAll(true)}>
          Show all {counted(promotions.length, "promotion")}
        </Button>
      )}
    </section>
  );
}
