"""What is counted in the files, against counting row by row."""

import json
from pathlib import Path

import pytest

from core.benchmark.spec import Spec
from resources.adoption.adopt import adopt
from resources.adoption.options import AdoptOptions
from resources.bench_context import BenchContext
from resources.judging.scores import Scores
from resources.lake.candidates import candidates
from resources.scoring.tallying import answers_of, generations_of, given_of, tally_of

CRITERIA = ("specific", "actionable", "fitting", "respectful", "clear")


@pytest.fixture
def spec(bench: BenchContext, tmp_path: Path) -> Spec:
    """Two cells over four scenarios, two tips each, judged by two people and a model with gaps."""
    rows = [
        {
            "model": model, "prompt": "p", "scenario_id": f"s{n}", "scenario": f"Case {n}", "tip_index": tip,
            "text": f"Tip {tip}.",
            "scores": {
                judge: {name: 1 + (n + tip + place + number) % 5 for number, name in enumerate(CRITERIA)}
                for place, judge in enumerate(("bea", "anna", "gpt")) if (n + tip + place) % 4
            },
        }
        for model in ("north", "south") for n in range(4) for tip in range(2)
    ]  # fmt: skip
    file = tmp_path / "outputs.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)))
    return adopt(bench, "tip-bench-counted", [file], AdoptOptions(judge_kinds={"gpt": "model"}), None).spec


def test_a_tally_counts_each_answer_of_its_judges(bench: BenchContext, spec: Spec) -> None:
    """By cell, scenario and judge, in the order of the judges that are asked for."""
    tips = {row["candidate_id"]: row for row in candidates(bench.home, spec.experiment).table().to_pylist()}
    rows = Scores(bench.home, spec.experiment, spec.rubric).current().to_pylist()
    given = given_of(bench.home, spec)
    found = answers_of(given, spec)
    assert found.judges == {"anna": "human", "bea": "human", "gpt": "model"}
    assert found.by_judge() == {judge: sum(row["judge"] == judge for row in rows) for judge in found.judges}
    assert found.cells_by_kind() == {"human": {0, 1}, "model": {0, 1}}
    judges = ["bea", "anna"]
    tally = tally_of(found, generations_of(given, spec), judges)
    counted: dict[tuple[int, int, int], tuple[int, list[float]]] = {}
    for row in rows:
        if row["judge"] in judges:
            tip = tips[row["candidate_id"]]
            place = tip["cell"], tip["scenario"], judges.index(row["judge"])
            count, sums = counted.get(place, (0, [0.0] * len(CRITERIA)))
            counted[place] = count + 1, [old + row[f"score.{name}"] for old, name in zip(sums, CRITERIA, strict=True)]
    columns = tally.cell, tally.scenario, tally.judge, tally.scored, tally.sums
    places = {
        (cell, at, judge): (n, sums) for cell, at, judge, n, sums in zip(*(c.tolist() for c in columns), strict=True)
    }
    assert places == counted
    assert tally.texts.sum() == sum(tip["outcome"] == "text" for tip in tips.values())
