/** The health of the system in words and sizes. */

interface Part {
  name: string;
  state: string;
}

/** One sentence over all parts. */
export function verdict(parts: readonly Part[]): string {
  const wrong = parts.filter((part) => part.state === "wrong");
  if (wrong.length) return `Not well: ${wrong.map((part) => part.name).join(", ")}.`;
  return parts.some((part) => part.state === "note") ? "It runs, with something to look at." : "Everything runs.";
}

/** Bytes as "1.5 GB", in powers of ten. */
export function size(bytes: number, locale?: string): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];
  const power = Math.min(units.length - 1, bytes > 0 ? Math.floor(Math.log10(bytes) / 3) : 0);
  const format = new Intl.NumberFormat(locale, { style: "unit", unit: units[power] ?? "byte", unitDisplay: "short", maximumFractionDigits: 1 });
  return format.format(bytes / 1000 ** power);
}
