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
}

export interface Progress {
  status: string;
  done: number | null;
  expected: number | null;
  failed: number | null;
  cost: number | null;
  /** Moments with the generations done by then, the newest last. */
  samples: { at: number; done: number }[];
  /** What was said, the newest first. */
  said: Step[];
}

export const NOTHING: Progress = { status: "queued", done: null, expected: null, failed: null, cost: null, samples: [], said: [] };
const WINDOW_MS = 120_000;
const MOST_SAID = 200;

/** The picture after one more step; a step seen before changes nothing. */
export function withStep(before: Progress, step: Step): Progress {
  if (before.said.some((each) => each.cursor === step.cursor)) return before;
  const at = Date.parse(step.at);
  const hasCount = step.done !== null && step.done !== undefined;
  const samples = hasCount ? [...before.samples, { at, done: step.done as number }].filter((each) => at - each.at <= WINDOW_MS) : before.samples;
  return {
    status: step.status || before.status,
    done: step.done ?? before.done,
    expected: step.expected ?? before.expected,
    failed: step.failed ?? before.failed,
    cost: step.cost ?? before.cost,
    samples,
    said: [step, ...before.said].slice(0, MOST_SAID),
  };
}

/** Generations a minute over the last two minutes; null before there are two moments to compare. */
export function perMinute(progress: Progress): number | null {
  const [first, last] = [progress.samples[0], progress.samples.at(-1)];
  if (!first || !last || last.at <= first.at || last.done <= first.done) return null;
  return ((last.done - first.done) * 60_000) / (last.at - first.at);
}

/** Seconds until the rest is done at that pace. */
export function secondsLeft(progress: Progress): number | null {
  const pace = perMinute(progress);
  if (pace === null || progress.done === null || progress.expected === null) return null;
  return ((progress.expected - progress.done) * 60) / pace;
}

const ENDED = new Set(["success", "failure", "canceled"]);

/** Whether a run with this status goes on. */
export function isUnderWay(status: string): boolean {
  return !ENDED.has(status);
}
