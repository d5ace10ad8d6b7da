"""Writes langfuse_observations.jsonl and .csv, langfuse_api.json, langfuse_traces.json; made with langfuse 3.15.0.

The records are those of the SDK's API, in JSON as the API sends them. No server was asked, for there is none without
an account: the CSV has the API's names, with objects as JSON in a cell.
"""

import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from langfuse.api import ObservationsView, ScoreV1_Categorical, ScoreV1_Numeric, TraceWithFullDetails

HERE = Path(__file__).parent
START = datetime(2026, 11, 28, 12, tzinfo=UTC)
CELLS = [(model, version) for model in ("north", "south") for version in (1, 2)]


def generation(number: int, model: str, version: int, case: int) -> ObservationsView:
    """Make the observation of one answer of a model."""
    messages = [
        {"role": "system", "content": "You are kind."},
        {"role": "user", "content": f"I cannot sleep, case {case}"},
    ]
    start = START + timedelta(seconds=number)
    return ObservationsView(
        id=f"o{number}", traceId=f"t{number}", type="GENERATION", name="tip", startTime=start,
        endTime=start + timedelta(seconds=0.8), model=model, modelParameters={"temperature": 0.7}, input=messages,
        output={"role": "assistant", "content": f"Walk, then rest ({number})."}, metadata={"area": "health"},
        usage={"input": 20, "output": 10, "total": 30, "unit": "TOKENS"}, level="DEFAULT", environment="default",
        usageDetails={"input": 20, "output": 10, "total": 30}, costDetails={"total": 0.0004},
        promptName="coach/kind", promptVersion=version, latency=0.8, calculatedTotalCost=0.0004,
    )  # fmt: skip


def trace(number: int, inner: ObservationsView) -> TraceWithFullDetails:
    """Make the trace around an answer, with what a person and an evaluation say of it."""
    known = {
        "traceId": f"t{number}",
        "timestamp": START,
        "createdAt": START,
        "updatedAt": START,
        "environment": "default",
    }
    by_anna = {**known, "authorUserId": "anna"}
    return TraceWithFullDetails(
        id=f"t{number}", timestamp=START, name="tip", input={"situation": inner.input[1]["content"]},
        output=inner.output["content"], tags=[], public=False, environment="default", htmlPath=f"/trace/t{number}",
        latency=0.9, totalCost=0.0004, observations=[inner],
        scores=[
            ScoreV1_Numeric(id=f"a{number}", name="clear", value=3 + number % 3, source="ANNOTATION", **by_anna),
            ScoreV1_Numeric(id=f"b{number}", name="clear", value=4, source="EVAL", **known),
            ScoreV1_Categorical(id=f"c{number}", name="verdict", value=1, stringValue="good", source="API", **known),
        ],
    )  # fmt: skip


def main() -> None:
    """Write the four files."""
    cases = [(model, version, case) for model, version in CELLS for case in (1, 2, 3)]
    made = [generation(number, *case) for number, case in enumerate(cases)]
    span = ObservationsView(
        id="s1", traceId="t0", type="SPAN", name="retrieval", startTime=START, level="DEFAULT", environment="default",
        usage={"input": 0, "output": 0, "total": 0}, usageDetails={}, costDetails={},
    )  # fmt: skip
    rows = [json.loads(own.json()) for own in [span, *made]]
    (HERE / "langfuse_observations.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    api = {"data": rows[:7], "meta": {"page": 1, "limit": 50, "totalItems": 7, "totalPages": 1}}
    (HERE / "langfuse_api.json").write_text(json.dumps(api, indent=1) + "\n")
    with (HERE / "langfuse_observations.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[1]), extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        cells = [{k: json.dumps(v) if isinstance(v, dict | list) else v for k, v in row.items()} for row in rows]
        writer.writerows(cells)
    traces = [json.loads(trace(number, own).json()) for number, own in enumerate(made)]
    (HERE / "langfuse_traces.json").write_text(json.dumps(traces, indent=1) + "\n")


if __name__ == "__main__":
    main()
