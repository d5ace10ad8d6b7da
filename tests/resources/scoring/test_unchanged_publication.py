"""A publication is kept as long as everything that it is made from, and its own files, are as they were."""

from collections.abc import Callable
from typing import Any

import pytest

from core.benchmark.records import BaselineRecord, JudgeRecord
from core.benchmark.spec import Options
from resources.collect.launch import launch
from resources.judging.scores import Scores
from resources.lake.candidates import candidates
from resources.lake.leaderboards import read_published
from resources.lake.specs import add_records, pinned_spec
from resources.scoring import unchanged_publication as module
from resources.scoring.unchanged_publication import note_inputs, publication_inputs, unchanged_publication
from resources.steps.asset_steps import StepContext
from resources.steps.chain import BENCHMARK, PUBLISH, run_chain
from tests.resources.conftest import bench

__all__ = ["bench"]
NAME = "tip-bench-kept"


@pytest.fixture
def published(bench: Any) -> Any:
    """A context with an experiment that is published and scored by the program."""
    launch(bench, NAME, Options(prompts=("terse", "coach")), ["heuristics"], by_default=True)
    assert run_chain(StepContext(bench, "r"), pinned_spec(bench.home, NAME), BENCHMARK).passed
    return bench


def _is_unchanged(bench: Any) -> bool:
    spec = pinned_spec(bench.home, NAME)
    return unchanged_publication(bench.home, spec, publication_inputs(bench, spec)) is not None


def test_the_same_again_writes_no_file(published: Any) -> None:
    """Neither the chain's, nor the candidates'; its steps and checks say what they said."""
    spec = pinned_spec(published.home, NAME)
    folder = published.home.experiment(NAME)
    files = [path for part in ("leaderboards", "candidates", "scores") for path in (folder / part).rglob("*.*")]
    before = {path: path.stat().st_mtime_ns for path in files}
    first = run_chain(StepContext(published, "r2"), spec, BENCHMARK)
    second = run_chain(StepContext(published, "r3"), spec, BENCHMARK)
    assert {path: path.stat().st_mtime_ns for path in files} == before
    assert [step.state_hash for step in first.steps] == [step.state_hash for step in second.steps]
    assert first.checks == second.checks
    assert [check.result.name for check in second.checks if check.blocking] == ["complete", "judged", "recomputed"]
    assert second.passed


def test_what_another_publication_was_made_from_is_not_noted(published: Any) -> None:
    """One that somebody made current meanwhile is not said to follow from these inputs."""
    spec = pinned_spec(published.home, NAME)
    current = read_published(published.home, NAME)
    assert current is not None
    note_inputs(published.home, spec, "others", "0" * 64)
    assert unchanged_publication(published.home, spec, "others") is None
    assert _is_unchanged(published)
    note_inputs(published.home, spec, "others", current.data_hash)
    assert unchanged_publication(published.home, spec, "others") == current


def _score(bench: Any) -> None:
    scores = Scores(bench.home, NAME, pinned_spec(bench.home, NAME).rubric)
    scores.publish([], {}, at="later", author="x")
    (source,) = scores.sources()
    manifest = bench.home.experiment(NAME) / "scores" / "manifest.json"
    manifest.write_text(manifest.read_text().replace(source.at, "2031-01-01T00:00:00+00:00"))


def _candidates(bench: Any) -> None:
    manifest = bench.home.experiment(NAME) / "candidates" / "manifest.json"
    sha256 = candidates(bench.home, NAME).manifest()
    assert sha256 is not None
    manifest.write_text(manifest.read_text().replace(sha256.sha256, "0" * 64))


def _spoil(name: str) -> Callable[[Any], None]:
    def spoil(bench: Any) -> None:
        current = read_published(bench.home, NAME)
        assert current is not None
        bench.home.storage.blobs.put(current.key(name), b"\n" + current.file(name))

    return spoil


def _remove_report(bench: Any) -> None:
    current = read_published(bench.home, NAME)
    assert current is not None
    bench.home.storage.blobs.delete(current.key("report.html"))


CHANGES: dict[str, Callable[[Any], None]] = {
    "another baseline": lambda b: add_records(b.home, NAME, [BaselineRecord("template", "coach", "x", b.now())]),
    "another judge": lambda b: add_records(b.home, NAME, [JudgeRecord("anna", "human", "x", b.now())]),
    "other scores": _score,
    "other candidates": _candidates,
    "an edited leaderboard": _spoil("leaderboard.json"),
    "a damaged table": _spoil("leaderboard.parquet"),
    "a report that is gone": _remove_report,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_whatever_changes_it_is_made_again(published: Any, change: Callable[[Any], None]) -> None:
    """Each of the things that it rests on, and each of its files."""
    assert _is_unchanged(published)
    change(published)
    assert not _is_unchanged(published)


@pytest.mark.parametrize("what", ["ESTIMATOR_VERSION", "program_hash"])
def test_another_program_makes_it_again(published: Any, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    """With another estimator, or other text anywhere in what makes reports; then it is kept again."""
    changed: Any = 10_000 if what == "ESTIMATOR_VERSION" else lambda: "edited"
    monkeypatch.setattr(module, what, changed)
    assert not _is_unchanged(published)
    run_chain(StepContext(published, "r2"), pinned_spec(published.home, NAME), PUBLISH)
    assert _is_unchanged(published)
