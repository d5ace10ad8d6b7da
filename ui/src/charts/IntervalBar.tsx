import { placed } from "../pages/leaderboard/board";

interface Props {
  value: number | null | undefined;
  low: number | null | undefined;
  high: number | null | undefined;
  scale: [number, number] | null;
  /** A value that a line marks, such as no difference. */
  mark?: number;
}

/** A point and its interval on the scale of its table; the numbers stand beside it in words. */
export function IntervalBar({ value, low, high, scale, mark }: Props) {
  if (typeof value !== "number" || !scale) return null;
  const x = (each: number) => 3 + 0.94 * placed(each, scale);
  const [from, to] = [low ?? value, high ?? value];
  return (
    <svg className="bar" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">
      <line x1="0" x2="100" y1="6" y2="6" className="rail" />
      {mark !== undefined && mark >= scale[0] && mark <= scale[1] && <line x1={x(mark)} x2={x(mark)} y1="0" y2="12" className="mark-line" />}
      <rect x={x(from)} width={Math.max(0.8, x(to) - x(from))} y="3.5" height="5" rx="1" className="range" />
      <rect x={x(value) - 1} width="2" y="1.5" height="9" className="point" />
    </svg>
  );
}
