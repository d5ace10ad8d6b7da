"""Where scores come from: with adopted outputs, or from what was handed out here."""

import json
from pathlib import Path

import pytest

from core.benchmark.records import JudgeRecord
from core.benchmark.spec import Spec
from resources.adoption.adopt import adopt
from resources.adoption.options import AdoptOptions
from resources.bench_context import BenchContext
from resources.judging.import_export import export_pending, take_scores
from resources.judging.receiving.offers import offer
from resources.lake.specs import add_records
from resources.report.data import Origins
from resources.scoring.computing import compute
from resources.scoring.notes import notes_of
from resources.scoring.origins import origins_of

CRITERIA = ("specific", "actionable", "fitting", "respectful", "clear")


@pytest.fixture
def spec(bench: BenchContext, tmp_path: Path) -> Spec:
    """Two cells over six scenarios, of which anna has scored the first three."""
    rows = [
        {
            "model": model, "prompt": "p", "scenario_id": f"s{n}", "scenario": f"Case {n}", "text": f"{model} {n}.",
            **({"scores": {"anna": dict.fromkeys(CRITERIA, 2 + n % 2)}} if n < 3 else {}),
        }
        for model in ("north", "south") for n in range(6)
    ]  # fmt: skip
    file = tmp_path / "outputs.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)))
    return adopt(bench, "tip-bench-in-part", [file], AdoptOptions(), None).spec


def test_adopted_and_own_scores_are_told_apart(bench: BenchContext, spec: Spec) -> None:
    """What anna scored elsewhere is not blind, what she and ben score from their folders here is; notes say both."""
    assert origins_of(bench.home, spec, ["anna"]) == Origins(adopted=("anna",))
    said = notes_of(bench, compute(bench, spec))
    assert any("(anna). The scores came with the adopted outputs" in note for note in said)
    add_records(bench.home, spec.experiment, [JudgeRecord("ben", "human", "tester", "2026-01-01T00:00:00+00:00")])
    assert origins_of(bench.home, spec, ["anna", "ben"]) == Origins(adopted=("anna",)), "handed out is not scored"
    for judge, export in export_pending(bench, spec).items():
        assert export.folder is not None
        items = [json.loads(line) for line in (export.folder / "items.jsonl").read_text().splitlines()]
        file = bench.home.root / f"{judge}.jsonl"
        given = {"rubric": spec.rubric.ref, "scores": dict.fromkeys(CRITERIA, 3)}
        file.write_text("\n".join(json.dumps({"item": item["item"], **given}) for item in items))
        offer(bench, spec, file, judge)
    take_scores(bench, spec)
    assert origins_of(bench.home, spec, ["anna", "ben"]) == Origins(adopted=("anna",), here=("anna", "ben"))
    said = notes_of(bench, compute(bench, spec))
    assert any("Those that anna and ben gave here are blind to model and prompt." in note for note in said)
