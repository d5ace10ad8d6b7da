import { useCallback, useMemo } from "react";

import { Chart } from "../../charts/Chart";
import { TRADEOFF_HEIGHT } from "../../charts/prices";
import { counted } from "../../lib/format";
import { compared, type CellReport } from "./reports";

const drawings = () => import("../../charts/drawings");

/** Score against reaction with intervals in both directions; the table below has its numbers. */
export function ReactionPlot({ cells }: { cells: readonly CellReport[] }) {
  const points = useMemo(() => compared(cells), [cells]);
  const draw = useCallback(async (width: number) => (await drawings()).reactions(points)(width), [points]);
  if (!points.length) return <p className="soft">No cell has both a score and a reward: there is nothing to draw.</p>;
  return (
    <figure className="stack tight">
      <Chart title={`Score against the share acted on, of ${counted(points.length, "cell")}`} height={TRADEOFF_HEIGHT} draw={draw} />
      <figcaption className="soft small">Bars are intervals of 95 %, of scores across and of reactions upwards. A hollow point has no interval upwards: its estimate is refused.</figcaption>
    </figure>
  );
}
