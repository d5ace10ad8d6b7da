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
        {main && (
          <p className="said" dir="auto">
            {String(main[1])}
          </p>
        )}
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
        <p className="said" dir="auto">
          {item.tip || "(empty)"}
        </p>
      </section>
    </div>
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
