"""Writes deepeval_run.json, deepeval_results.json and deepeval_data.csv; made with deepeval 4.3.1, which no test needs.

The records are DeepEval's own, dumped as it dumps them: a test run as its folder of results holds it, the results that
`evaluate` returns, and a data set with outputs as `save_as` writes it. No metric was computed, for that needs a model.
"""

import json
from pathlib import Path

from deepeval import test_run as runs
from deepeval.dataset import EvaluationDataset, Golden
from deepeval.evaluate.types import EvaluationResult, TestResult

HERE = Path(__file__).parent
CASES = [(f"I cannot sleep, case {n}", f"Walk, then rest ({n}).") for n in (1, 2, 3)]


def metrics(number: int) -> list[runs.MetricData]:
    """Make what two metrics say of a case."""
    relevant = runs.MetricData(
        name="Answer Relevancy", threshold=0.5, success=number != 3, score=0.25 * (4 - number), reason="as it should be"
    )
    return [relevant, runs.MetricData(name="Kindness [GEval]", threshold=0.5, success=True, score=0.9)]


def main() -> None:
    """Write the three files."""
    run = runs.TestRun(
        testFile="tips.py",
        testCases=[
            runs.LLMApiTestCase(
                name=f"test_case_{n}", input=prompt, actualOutput=said, success=n != 3, metricsData=metrics(n), order=n,
                completionTime=0.8, tokenCost=0.0004, inputTokenCount=20, outputTokenCount=10,
            )
            for n, (prompt, said) in enumerate(CASES, 1)
        ],
        hyperparameters={"model": "north", "prompt template": "You are kind.\nGive one tip."},
        testPassed=2, testFailed=1,
    )  # fmt: skip
    (HERE / "deepeval_run.json").write_text(run.model_dump_json(by_alias=True, exclude_none=True, indent=1) + "\n")
    results = [
        TestResult(
            name=f"test_case_{n}", success=n != 3, metrics_data=metrics(n), conversational=False, index=n, input=prompt,
            actual_output=said, metadata={"area": "health"},
        )
        for n, (prompt, said) in enumerate(CASES, 1)
    ]  # fmt: skip
    whole = EvaluationResult(test_results=results, confident_link=None, test_run_id=None)
    dump = getattr(whole, "model_dump", None)
    given = dump(mode="json") if dump else {"test_results": [as_dict(result) for result in results]}
    (HERE / "deepeval_results.json").write_text(json.dumps(given, indent=1) + "\n")
    data = EvaluationDataset(goldens=[Golden(input=prompt, actual_output=said) for prompt, said in CASES])
    data.save_as("csv", str(HERE), file_name="deepeval_data")


def as_dict(result: TestResult) -> dict[str, object]:
    """Return a result, which is a data class, as `dataclasses.asdict` and its metrics' own dump give it."""
    known = dict(vars(result))
    return {**known, "metrics_data": [metric.model_dump(mode="json") for metric in known["metrics_data"]]}


if __name__ == "__main__":
    main()
