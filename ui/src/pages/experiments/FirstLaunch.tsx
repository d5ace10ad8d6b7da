import { Button } from "@mantine/core";
import { useMutation, useQuery } from "urql";
import { Link, useLocation } from "wouter";

import { LaunchDocument, ScenarioNamesDocument } from "../../gql/graphql";
import { sentence } from "../../lib/client";
import { failureOf } from "../../lib/failures";
import { counted } from "../../lib/format";
import { demoScenarios } from "./listing";

const NAME = "tip-bench-demo";
/** What `tipbench demo` makes, so that either finds the other's work. */
const DEMO = {
  experiment: NAME,
  models: ["gemma3-270m", "template"],
  prompts: ["continue", "continue-coach", "continue-evidence"],
  nTips: 1,
  temperature: 0.7,
  seed: 1,
  judges: ["heuristics=program", "claude=agent"],
};

/** The empty state: one button to the first leaderboard. */
export function FirstLaunch() {
  const [, go] = useLocation();
  const [{ fetching, data, error }, launch] = useMutation(LaunchDocument);
  const [{ data: known }] = useQuery({ query: ScenarioNamesDocument });
  const failure = failureOf(data?.launchBenchmark);
  const nScenarios = demoScenarios(known?.catalog.scenarios.length);
  const start = async () => {
    const result = await launch({ input: { ...DEMO, nScenarios }, key: `panel-demo-${Date.now()}` });
    if (result.data && !failureOf(result.data.launchBenchmark)) go(`/experiments/${NAME}`);
  };
  return (
    <section className="card empty">
      <h2>No experiments yet</h2>
      <p>
        A benchmark asks models for tips by your prompts, has each tip judged blind, and shows which model with which prompt
        writes the best ones, and how sure that is.
      </p>
      <p className="soft">
        The demo lets a small model on this computer write {counted(DEMO.prompts.length * nScenarios, "tip")} by three prompts, against
        sentences chosen by chance, and has a program judge them. It takes two or three minutes on a computer that has little
        else to do, needs no network and costs nothing.
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
