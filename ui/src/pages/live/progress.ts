/** The steps of a run as one picture: how far, how fast, how long still. Pure, so that replaying gives the same. */

export interface Step {
  cursor: string;
  at: string;
  kind: string;
  message: string;
  status: string;
  done?: number | null;
  expected?: number | null;
  failed?: number | null;
  cost?: number | null;
  cells?: readonly CellProgress[];
}

/** How far a run is with one cell; cells come in the order of the experiment's. */
export interface CellProgress {
  done: number;
  failed: number;
  expected: number;
}

interface Sample {
  at: number;
  done: readonly number[];
}

export interface Progress {
  /** When its worker began, where a step has said so. */
  startedAt: string | null;
  cells: readonly CellProgress[];

  status: string;
  done: number | null;
  expected: number | null;
  failed: number | null;
  cost: number | null;
  /** Moments with the generations that were done by then, of each cell, the newest last. */
  samples: Sample[];
  /** What was said, the newest first. */
  said: Step[];
}

export const NOTHING: Progress = { startedAt: null, cells: [], status: "queued", done: null, expected: null, failed: null, cost: null, samples: [], said: [] };
const WINDOW_MS = 120_000;
const MOST_SAID = 200;

/** The picture after one more step; a step seen before changes nothing. */
export function withStep(before: Progress, step: Step): Progress {
  if (before.said.some((each) => each.cursor === step.cursor)) return before;
  const at = Date.parse(step.at);
  const cells = step.cells?.length ? step.cells : before.cells;
  const samples = step.cells?.length ? thinned([...before.samples, { at, done: step.cells.map((each) => each.done) }], at) : before.samples;
  // How far it was by now says all that it had said of it before.
  const said = step.kind === "progress" ? before.said.filter((each) => each.kind !== "progress") : before.said;
  return {
    status: step.status || before.status,
    done: step.done ?? before.done,
    expected: step.expected ?? before.expected,
    failed: step.failed ?? before.failed,
    cost: step.cost ?? before.cost,
    samples,
    startedAt: step.kind === "started" && step.status === "running" ? step.at : before.startedAt,
    cells,
    said: [step, ...said].slice(0, MOST_SAID),
  };
}

/** The samples of the window; the last before it stays, so that a slow model's pace is known too. */
function thinned(samples: Sample[], at: number): Sample[] {
  const first = samples.findIndex((each) => at - each.at <= WINDOW_MS);
  return samples.slice(Math.max(0, first - 1));
}

/** How fast each model goes on, from its first answer in this run to its newest, and what is left of it. */
interface Pace {
  model: string;
  left: number;
  /** Generations a second; null before two answers came at different moments. */
  rate: number | null;
}

/** The pace of every model that is not done; `models` has the model of each cell. */
export function paces({ samples, cells }: Pick<Progress, "samples" | "cells">, models: readonly string[]): Pace[] {
  const found: Pace[] = [];
  for (const model of new Set(models)) {
    const own = cells.flatMap((cell, number) => (models[number] === model ? [{ cell, number }] : []));
    const left = own.reduce((sum, { cell }) => sum + cell.expected - cell.done, 0);
    if (left <= 0) continue;
    const counted = samples.map((each) => ({ at: each.at, done: own.reduce((sum, { number }) => sum + (each.done[number] ?? 0), 0) }));
    // What a model takes until its first answer, as to be loaded, says nothing of those that follow.
    const first = counted.find((each) => each.done > (counted[0]?.done ?? 0));
    const last = counted.at(-1);
    const came = first && last ? last.done - first.done : 0;
    found.push({ model, left, rate: first && last && came > 0 && last.at > first.at ? (came * 1000) / (last.at - first.at) : null });
  }
  return found;
}

/** Generations a minute of the models that go on; null before any has a pace. */
export function perMinute(pace: readonly Pace[]): number | null {
  const known = pace.flatMap((each) => each.rate ?? []);
  return known.length ? 60 * known.reduce((sum, rate) => sum + rate, 0) : null;
}

/** Seconds that the slowest model needs for the rest, since models are asked side by side; null while one has no pace. */
export function secondsLeft(pace: readonly Pace[]): number | null {
  if (!pace.length || pace.some((each) => each.rate === null)) return null;
  return Math.max(...pace.map((each) => each.left / (each.rate as number)));
}

/** The models of which nothing is there yet, though they were asked. */
export function silent(cells: readonly CellProgress[], models: readonly string[]): string[] {
  return [...new Set(models)].filter((model) => {
    const own = cells.filter((_, number) => models[number] === model);
    return own.some((cell) => cell.expected > 0) && own.every((cell) => cell.done === 0);
  });
}

/** How the server says that a step failed since a check of it does not hold: the check, right before it, says why. */
const BY_CHECK = "what needs it is not begun";

/** Why a run did not get through, in the server's words; null where it has said none. */
export function reasonOf({ said }: Progress): string | null {
  const place = said.findIndex((step) => step.kind === "step" && / failed: /.test(step.message));
  const reason = said[place]?.message.replace(/^.*? failed: /s, "");
  if (reason !== BY_CHECK) return reason ?? null;
  const check = said.slice(place).find((step) => step.kind === "check" && / does not hold: /.test(step.message));
  return check?.message.replace(/^.*? does not hold: /s, "") ?? null;
}

const ENDED = new Set(["success", "failure", "canceled"]);

/** Whether a run with this status goes on. */
export function isUnderWay(status: string): boolean {
  return !ENDED.has(status);
}
