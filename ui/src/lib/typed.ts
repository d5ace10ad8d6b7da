/** What people type into fields. Pure. */

/** A number as people type it, with a point or a decimal comma; NaN for what is none. */
export function typedNumber(text: string): number {
  const plain = text.trim().replace(/\s/g, "").replace(",", ".");
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(plain) ? Number(plain) : Number.NaN;
}
