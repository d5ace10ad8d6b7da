/** What quality can be held against; apart from the pictures, which bring the plotting library. */

export type Price = "costPer1k" | "latencyP95Ms" | "meanLength";
export const PRICES: { value: Price; label: string; axis: string }[] = [
  { value: "costPer1k", label: "Cost", axis: "USD for 1,000 tips" },
  { value: "latencyP95Ms", label: "Latency", axis: "95th percentile of latency, s" },
  { value: "meanLength", label: "Length", axis: "words a tip" },
];

/** Heights of the pictures, known before they are drawn: nothing moves when they come. */
export const TRADEOFF_HEIGHT = 340;
export function forestHeight(cells: number): number {
  return 60 + 26 * cells;
}
