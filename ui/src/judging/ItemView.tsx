import type { Item } from "./model";

const FIRST = ["situation", "text", "question"];
const NAMES: Readonly<Record<string, string>> = { must_not: "Must not be told", local_time: "Local time", recent_reactions: "Said to earlier tips", open_tasks: "Open tasks" };

/** What a judge reads: the situation, what else is known of it, and the tip. All of it is text and no markup. */
export function ItemView({ item }: { item: Item }) {
  const entries = Object.entries(item.scenario).filter(([name, value]) => name !== "id" && !empty(value));
  const main = entries.find(([name, value]) => FIRST.includes(name) && typeof value === "string");
  const rest = entries.filter((entry) => entry !== main);
  return (
    <div className="read">
      <section aria-labelledby="situation" className="situation">
        <h2 id="situation">Situation</h2>
        {main && <Said text={String(main[1])} of="Situation" />}
        {rest.length > 0 && (
          <dl>
            {rest.map(([name, value]) => (
              <div key={name}>
                <dt>{NAMES[name] ?? titled(name)}</dt>
                <dd dir="auto">{shown(value)}</dd>
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

function empty(value: unknown): boolean {
  return value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

function titled(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A value of the scenario in words: lists by commas, records as their values. */
function shown(value: unknown): string {
  if (typeof value === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(value)) return value.replace("T", ", ");
  if (Array.isArray(value)) return value.map(shown).join("; ");
  if (typeof value === "object" && value !== null) return Object.values(value).filter((each) => !empty(each)).map(shown).join(", ");
  return String(value);
}
