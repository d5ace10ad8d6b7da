"""What another version of the estimator changed is said, on the same scores alone; old snapshots stay."""

import json
from pathlib import Path

import msgspec
import pytest

from core.benchmark.records import BaselineRecord
from core.benchmark.spec import Spec
from core.estimate import ESTIMATOR_VERSION
from resources.adoption.adopt import adopt
from resources.adoption.options import AdoptOptions
from resources.bench_context import BenchContext
from resources.lake.leaderboards import publications
from resources.lake.specs import add_records
from resources.scoring.computing import compute, hash_by
from resources.scoring.estimator_change import changed_by_version
from resources.scoring.publishing import publish_leaderboard
from tests.resources.report.inputs import report_row

CRITERIA = ("specific", "actionable", "fitting", "respectful", "clear")
NOW = f"With estimator version {ESTIMATOR_VERSION}"


@pytest.fixture
def spec(bench: BenchContext, tmp_path: Path) -> Spec:
    """Two cells over six scenarios, of which a person prefers `north`."""
    rows = [
        {
            "model": model, "prompt": "p", "scenario_id": f"s{n}", "scenario": f"Case {n}", "text": f"{model} {n}.",
            "scores": {"anna": dict.fromkeys(CRITERIA, 2 + n % 2 + (model == "north"))},
        }
        for model in ("north", "south") for n in range(6)
    ]  # fmt: skip
    file = tmp_path / "outputs.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)))
    return adopt(bench, "tip-bench-older", [file], AdoptOptions(), None).spec


def _published_by(bench: BenchContext, spec: Spec, version: int) -> Path:
    """Publish, and make of it what that older version would have left, with the cells in the other order."""
    new = publish_leaderboard(bench, spec)
    rows = [msgspec.structs.replace(row, score=score) for row, score in zip(new.rows[::-1], (4.0, 1.0), strict=True)]
    digest = hash_by(compute(bench, spec).made_from, version)
    made = bench.home.root / new.folder
    folder = made.rename(made.with_name(digest[:16]))
    (folder / "leaderboard.json").write_bytes(msgspec.json.encode(rows))
    entry = {"data_hash": digest, "at": "2026-01-01T00:00:00+00:00", "estimator": version}
    (folder.parent / "manifest.json").write_text(json.dumps({"current": digest, "history": [entry]}))
    return folder


@pytest.mark.parametrize("version", [1, ESTIMATOR_VERSION - 1])
def test_another_order_on_the_same_scores_is_said_on_every_surface(
    bench: BenchContext, spec: Spec, version: int
) -> None:
    """In the notes and on the page, also when it is published again; the older snapshot keeps its bytes."""
    old = _published_by(bench, spec, version)
    before = {path.name: path.read_bytes() for path in old.iterdir()}
    said = (
        f"{NOW} the order is north/p, south/p; before, with version {version} on the same scores, it was south/p, "
        "north/p."
    )
    for _ in range(2):
        published = publish_leaderboard(bench, spec)
        assert said in published.notes()
        assert said in published.file("report.html").decode()
    assert {path.name: path.read_bytes() for path in old.iterdir()} == before
    assert [entry.estimator for entry in publications(bench.home, spec.experiment)] == [version, ESTIMATOR_VERSION]


def test_other_data_are_not_compared(bench: BenchContext, spec: Spec) -> None:
    """With another baseline, or an older snapshot that is gone, nothing is said of the version."""
    old = _published_by(bench, spec, ESTIMATOR_VERSION - 1)
    (old / "leaderboard.json").rename(old / "moved.json")
    assert not [note for note in publish_leaderboard(bench, spec).notes() if NOW in note]
    (old / "moved.json").rename(old / "leaderboard.json")
    add_records(bench.home, spec.experiment, [BaselineRecord("south", "p", "tester", "2026-01-01T00:00:00+00:00")])
    assert not [note for note in publish_leaderboard(bench, spec).notes() if NOW in note]


def test_other_rank_intervals_are_named() -> None:
    """Those of at most three cells where the order is the same; nothing where neither differs."""
    now = [report_row(f"m{n}", 4 - n / 10, rank_low=n + 1, rank_high=n + 1) for n in range(5)]
    before = [msgspec.structs.replace(row, rank_low=1, rank_high=5) for row in now]
    assert changed_by_version(before, now, 3) == (
        f"{NOW} rank intervals differ from those of version 3 on the same scores: m0/p 1, before 1 to 5; m1/p 2, "
        "before 1 to 5; m2/p 3, before 1 to 5; and 2 more."
    )
    assert changed_by_version(now, now, 3) == ""
