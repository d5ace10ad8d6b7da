/** Numbers, money, shares and times as people read them: a unit on each, and a dash for what is not known. */

export const UNKNOWN = "–";

type Maybe<T> = T | null | undefined;

const known = <T>(value: Maybe<T>): value is T => value !== null && value !== undefined;

const FORMATS = new Map<string, Intl.NumberFormat>();

/** The format of these options, made once: making one takes longer than a table takes to write its numbers. */
function numbers(locale?: string, options?: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = JSON.stringify([locale, options]);
  let found = FORMATS.get(key);
  if (!found) FORMATS.set(key, (found = new Intl.NumberFormat(locale, options)));
  return found;
}

/** A count with the separators of the viewer's language. */
export function count(value: Maybe<number>, locale?: string): string {
  return known(value) ? numbers(locale).format(value) : UNKNOWN;
}

/** "1 tip", "2 tips", with the separators of the viewer's language. */
export function counted(value: number, one: string, many = `${one}s`, locale?: string): string {
  return `${count(value, locale)} ${value === 1 ? one : many}`;
}

/** A score or difference in rubric units, with two decimals. */
export function score(value: Maybe<number>, locale?: string): string {
  if (!known(value)) return UNKNOWN;
  return numbers(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(value);
}

/** A mean of counts, with one decimal. */
export function mean(value: Maybe<number>, locale?: string): string {
  if (!known(value)) return UNKNOWN;
  return numbers(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(value);
}

/** A difference with its sign, which is a true minus. */
export function signed(value: Maybe<number>, locale?: string): string {
  if (!known(value)) return UNKNOWN;
  const format = numbers(locale, {
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
    signDisplay: "exceptZero",
  });
  return format.format(value).replace("-", "−");
}

/** "3.41 (3.20 to 3.62)"; the score alone where nothing is known of its interval. */
export function interval(value: Maybe<number>, low: Maybe<number>, high: Maybe<number>, locale?: string): string {
  if (!known(value)) return UNKNOWN;
  return known(low) && known(high) ? `${score(value, locale)} (${range(low, high, locale)})` : score(value, locale);
}

/** "3.20 to 3.62". */
export function range(low: Maybe<number>, high: Maybe<number>, locale?: string): string {
  return known(low) && known(high) ? `${score(low, locale)} to ${score(high, locale)}` : UNKNOWN;
}

/** A share from 0 to 1 as percent; what is not quite all never reads 100 %. */
export function share(value: Maybe<number>, locale?: string): string {
  if (!known(value)) return UNKNOWN;
  const percent = value < 1 ? Math.min(99, Math.round(value * 100)) : 100;
  return `${numbers(locale).format(value > 0 ? Math.max(1, percent) : 0)} %`;
}

/** US dollars: cents from a dollar on, two digits that mean something below. */
export function money(value: Maybe<number>, locale?: string): string {
  if (!known(value)) return UNKNOWN;
  const small = value > 0 && value < 1;
  return numbers(locale, {
    style: "currency",
    currency: "USD",
    currencyDisplay: "narrowSymbol",
    ...(small ? { minimumSignificantDigits: 2, maximumSignificantDigits: 2 } : { minimumFractionDigits: 2, maximumFractionDigits: 2 }),
  }).format(value);
}

/** A p value: three decimals, and "< 0.001" below them. */
export function probability(value: Maybe<number>, locale?: string): string {
  if (!known(value)) return UNKNOWN;
  const format = numbers(locale, { minimumFractionDigits: 3, maximumFractionDigits: 3 });
  return value < 0.001 ? `< ${format.format(0.001)}` : format.format(value);
}

/** Milliseconds as "240 ms" or "1.4 s". */
export function latency(ms: Maybe<number>, locale?: string): string {
  if (!known(ms)) return UNKNOWN;
  if (ms > 0 && ms < 1) return "< 1 ms";
  if (ms < 1000) return `${count(Math.round(ms), locale)} ms`;
  return `${numbers(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(ms / 1000)} s`;
}

/** Seconds as "40 s", "3 min", "2 h 5 min" or "3 days". */
export function duration(seconds: Maybe<number>): string {
  if (!known(seconds) || !Number.isFinite(seconds)) return UNKNOWN;
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 90) return `${whole} s`;
  const minutes = Math.round(whole / 60);
  if (minutes < 90) return `${minutes} min`;
  const days = Math.round(minutes / 1440);
  if (minutes >= 72 * 60) return `${count(days)} days`;
  const rest = minutes % 60;
  return rest ? `${Math.floor(minutes / 60)} h ${rest} min` : `${minutes / 60} h`;
}

/** "just now", "5 minutes ago", "yesterday"; a clock that is off by a little never says "in the future". */
export function ago(at: string, now: number, locale?: string): string {
  const seconds = Math.max(0, (now - Date.parse(at)) / 1000);
  const format = new Intl.RelativeTimeFormat(locale ?? "en", { numeric: "auto" });
  if (seconds < 45) return "just now";
  if (seconds < 45 * 60) return format.format(-Math.max(1, Math.round(seconds / 60)), "minute");
  if (seconds < 22 * 3600) return format.format(-Math.max(1, Math.round(seconds / 3600)), "hour");
  if (seconds < 26 * 86400) return format.format(-Math.max(1, Math.round(seconds / 86400)), "day");
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium" }).format(Date.parse(at));
}

/** The moment in the viewer's zone, to the minute. */
export function moment(at: string, locale?: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }).format(Date.parse(at));
}

/** The moment in the viewer's zone and in UTC, for a title. */
export function bothTimes(at: string, locale?: string): string {
  const local = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "medium" }).format(Date.parse(at));
  return `${local} here, ${at.slice(0, 19).replace("T", " ")} UTC`;
}

/** A name of at most so many characters, without its middle: long names mostly differ at their ends. */
export function shortened(name: string, most: number): string {
  const letters = Array.from(name);
  if (letters.length <= most) return name;
  const end = Math.floor((most - 1) / 2);
  return `${letters.slice(0, most - 1 - end).join("")}…${letters.slice(letters.length - end).join("")}`;
}

/** Who the leader is not told from: the cells that share its rank interval, which begins at 1. */
export function undecided(rankHigh: Maybe<number>): string | null {
  if (!known(rankHigh)) return null;
  const others = rankHigh - 1;
  if (others === 0) return "better than every other cell";
  return `cannot be told from ${counted(others, "other")}`;
}
