import { facts, led } from "../lib/facts";
import type { Item } from "./model";

/** What a judge reads: the situation, what else is known of it, and the tip. All of it is text and no markup. */
export function ItemView({ item }: { item: Item }) {
  const { id: _, ...scenario } = item.scenario;
  const { lead, rest } = led(scenario);
  const known = facts(rest);
  return (
    <div className="read">
      <section aria-labelledby="situation" className="situation">
        <h2 id="situation">Situation</h2>
        {lead !== null && <Said text={lead} of="Situation" />}
        {known.length > 0 && (
          <dl>
            {known.map(({ name, text }) => (
              <div key={name}>
                <dt>{titled(name)}</dt>
                <dd>
                  <bdi>{text}</bdi>
                </dd>
              </div>
            ))}
          </dl>
        )}
      </section>
      <section aria-labelledby="tip" className="tip">
        <h2 id="tip">Tip</h2>
        <Said text={item.tip || "(empty)"} of="Tip" />
      </section>
    </div>
  );
}

/** A longer text scrolls by itself, so that the tip and what is to be said of it stay in sight. */
const LONG = 2_000;

function Said({ text, of }: { text: string; of: string }) {
  const scrolls = text.length > LONG ? { role: "group", "aria-label": `${of}, whole text`, tabIndex: 0 } : {};
  return (
    <p className={text.length > LONG ? "said long" : "said"} dir="auto" {...scrolls}>
      {text}
    </p>
  );
}

function titled(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
