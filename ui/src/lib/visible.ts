/** Which rows of equal height a scrolled box shows. Pure. */

/** Rows come and go by so many at once: most scrolling changes nothing. */
const STEP = 4;

/** The first row to draw and the one behind the last, with at least `spare` rows on either side. */
export function visible(top: number, height: number, row: number, count: number, spare: number): [number, number] {
  const first = Math.min(Math.floor(top / row), count) - spare;
  const end = Math.ceil((top + height) / row) + spare;
  return [Math.max(0, Math.floor(first / STEP) * STEP), Math.min(count, Math.ceil(end / STEP) * STEP)];
}
