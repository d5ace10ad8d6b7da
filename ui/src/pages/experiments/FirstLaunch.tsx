import { Button } from "@mantine/core";
import { useMutation } from "urql";
import { Link, useLocation } from "wouter";

import { LaunchDocument } from "../../gql/graphql";
import { sentence } from "../../lib/client";
import { failureOf } from "../../lib/failures";

const NAME = "tip-bench-demo";
/** What `tipbench demo` makes, so that either finds the other's work. */
const DEMO = {
  experiment: NAME,
  models: ["gemma3-270m", "template"],
  prompts: ["continue", "continue-coach", "continue-evidence"],
  nTips: 1,
  nScenarios: 8,
  temperature: 0.7,
  seed: 1,
  judges: ["heuristics=program", "claude=agent"],
};

/** The empty state: one button to the first leaderboard. */
export function FirstLaunch() {
  const [, go] = useLocation();
  const [{ fetching, data, error }, launch] = useMutation(LaunchDocument);
  const failure = failureOf(data?.launchBenchmark);
  const start = async () => {
    const result = await launch({ input: DEMO, key: `panel-demo-${Date.now()}` });
    if (result.data && !failureOf(result.data.launchBenchmark)) go(`/experiments/${NAME}`);
  };
  return (
    <section className="card empty">
      <h2>No experiments yet</h2>
      <p>
        The demo lets the model of this computer write 24 tips beside a template, has a program judge them, and shows who
        wins and how surely. It takes two or three minutes on a computer that has little else to do, needs no network and costs nothing.
      </p>
      <div className="row">
        <Button onClick={start} loading={fetching}>
          Launch the demo
        </Button>
        <Button component={Link} to="/launch" variant="default">
          Choose models and prompts
        </Button>
      </div>
      {(failure || error) && (
        <p role="alert" className="bad">
          {failure?.message ?? (error && sentence(error))}
        </p>
      )}
    </section>
  );
}
