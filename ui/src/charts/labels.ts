/** Where names stand in a picture of points: beside their point, inside the picture, and over no other name or point. */

export interface Spot {
  /** Pixels from the left and the top of the picture. */
  x: number;
  y: number;
  name: string;
}

export interface Label {
  index: number;
  dx: number;
  dy: number;
  anchor: "start" | "end";
}

const LETTER = 6.7;
const HEIGHT = 15;
const OFF = 9;
const PLACES = [
  { dx: OFF, dy: -OFF, anchor: "start" },
  { dx: -OFF, dy: -OFF, anchor: "end" },
  { dx: OFF, dy: OFF + 2, anchor: "start" },
  { dx: -OFF, dy: OFF + 2, anchor: "end" },
] as const;

interface Box {
  left: number;
  right: number;
  top: number;
}

/** Half the width of a point. */
const POINT = 6;

/** The labels of spots in their order, right of `from` and over none of the points; one that finds no place has none. */
export function placed(spots: readonly Spot[], width: number, points: readonly Pick<Spot, "x" | "y">[] = spots, from = 0): Label[] {
  const taken: Box[] = points.map(({ x, y }) => ({ left: x - POINT, right: x + POINT, top: y - HEIGHT / 2 }));
  const labels: Label[] = [];
  spots.forEach((spot, index) => {
    const wide = Array.from(spot.name).length * LETTER;
    for (const place of PLACES) {
      const start = spot.x + place.dx;
      const left = place.anchor === "start" ? start : start - wide;
      const box = { left, right: left + wide, top: spot.y + place.dy - HEIGHT / 2 };
      if (box.left < from || box.right > width || taken.some((other) => isOver(box, other))) continue;
      taken.push(box);
      labels.push({ index, ...place });
      return;
    }
  });
  return labels;
}

function isOver(one: Box, other: Box): boolean {
  return one.left < other.right && other.left < one.right && Math.abs(one.top - other.top) < HEIGHT;
}

/** The pixels of values between their ends, all in the middle where they are equal: what Plot finds, but for round ends. */
export function scale(values: readonly number[], from: number, to: number): (value: number) => number {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return (value) => (high > low ? from + ((value - low) / (high - low)) * (to - from) : (from + to) / 2);
}
