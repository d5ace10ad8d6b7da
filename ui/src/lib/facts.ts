/** A scenario's data as a person reads it. Pure. */

/** Names that say no more than their values do. */
const PLAIN = new Set(["summary", "condition", "title", "text", "name", "tip", "start", "description"]);
const LEADS = ["situation", "text", "question"];
const UNITS: Record<string, string> = { c: "°C", f: "°F", km: "km", kmh: "km/h", m: "m", mm: "mm", min: "min", h: "h", kg: "kg", percent: "%" };
const NAMES: Record<string, string> = { must_not: "must not be told", recent_reactions: "said to earlier tips" };

/** A scenario's facts as labelled text, in its own order; what is empty is left out. */
export function facts(data: unknown, locale?: string): { name: string; text: string }[] {
  if (data === null || typeof data !== "object") return [];
  return Object.entries(data)
    .filter(([, value]) => !isEmpty(value))
    .map(([name, value]) => ({ name: NAMES[name] ?? name.replaceAll("_", " "), text: inWords(value, locale) }));
}

/** What a scenario is about, in its own words, and all else that is known of it. */
export function led(data: unknown): { lead: string | null; rest: Record<string, unknown> } {
  const all = (data !== null && typeof data === "object" ? data : {}) as Record<string, unknown>;
  const first = LEADS.find((name) => typeof all[name] === "string" && all[name] !== "");
  if (first === undefined) return { lead: null, rest: all };
  const { [first]: lead, ...rest } = all;
  return { lead: String(lead), rest };
}

/** A value in words: lists by semicolons where their parts have commas, records by what they hold, moments as dates. */
export function inWords(value: unknown, locale?: string): string {
  if (Array.isArray(value)) {
    const parts = value.filter((each) => !isEmpty(each)).map((each) => inWords(each, locale));
    return parts.join(parts.some((part) => part.includes(",")) ? "; " : ", ");
  }
  if (typeof value === "object" && value !== null) return record(value as Record<string, unknown>, locale);
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(value)) {
    // The time where the person is: no zone may move it.
    return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" }).format(Date.parse(`${value}Z`));
  }
  return String(value);
}

function record(data: Record<string, unknown>, locale: string | undefined): string {
  const { start, end, reaction, ...rest } = data;
  const when = [start, end].filter((each) => !isEmpty(each)).map((each) => inWords(each, locale)).join(" to ");
  const said = Object.entries(rest)
    .filter(([, value]) => !isEmpty(value))
    .map(([name, value]) => named(name, value, locale))
    .join(", ");
  const whole = [when, said].filter(Boolean).join(" ");
  return isEmpty(reaction) ? whole : `${whole}: ${inWords(reaction, locale)}`;
}

function named(name: string, value: unknown, locale: string | undefined): string {
  const cut = name.lastIndexOf("_");
  const unit = typeof value === "number" ? UNITS[name.slice(cut + 1)] : undefined;
  if (unit && cut > 0) {
    const of = name.slice(0, cut);
    return `${of === "temperature" ? "" : `${of.replaceAll("_", " ")} `}${value} ${unit}`;
  }
  return PLAIN.has(name) ? inWords(value, locale) : `${name.replaceAll("_", " ")} ${inWords(value, locale)}`;
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
}
