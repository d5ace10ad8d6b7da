"""Tips as people list them."""

import json
from pathlib import Path

import numpy as np
import pytest

from core.benchmark.outcome import Outcome
from core.benchmark.spec import Options
from resources.adoption.adopt import adopt
from resources.adoption.options import AdoptOptions
from resources.bench_context import BenchContext
from resources.collect.collecting_run import collect_experiment
from resources.collect.launch import launch
from resources.lake.broken import LakeBroken
from resources.lake.candidates import candidates
from resources.lake.journal import Journal, journal_of
from resources.lake.specs import pinned_spec
from resources.scoring.tallying import given_of
from resources.scoring.tip_rows import scored_tips, tip_rows
from resources.steps.asset_steps import StepContext
from resources.steps.chain import BENCHMARK, run_chain

NAME = "tip-bench-listed"
CRITERIA = ("specific", "actionable", "fitting", "respectful", "clear")
OPTIONS = Options(models=("template",), prompts=("terse",), n_tips=1, n_scenarios=3)


def test_rows_have_each_judges_score(bench: BenchContext) -> None:
    """The weighted mean over the rubric's criteria; what is wanted and the limit hold."""
    launch(bench, NAME, OPTIONS, ("heuristics=program",), by_default=True)
    spec = pinned_spec(bench.home, NAME)
    run_chain(StepContext(bench, "r"), spec, BENCHMARK)
    rows = tip_rows(bench.home, spec, {}, None)
    assert [set(row["scores"]) for row in rows] == [{"heuristics"}] * 3
    assert all(1 <= row["scores"]["heuristics"] <= 5 for row in rows)
    (one,) = tip_rows(bench.home, spec, {"scenario_id": spec.scenarios[1].id}, None)
    assert one == rows[1]
    assert tip_rows(bench.home, spec, {}, 2) == rows[:2]


def test_a_run_under_way_shows_what_it_has(bench: BenchContext) -> None:
    """Rows come from the journal before anything is published, and from what is newer; they are the published ones."""
    launch(bench, NAME, OPTIONS, (), by_default=True)
    spec = pinned_spec(bench.home, NAME)
    assert tip_rows(bench.home, spec, {}, None) == []
    collect_experiment(bench, spec, run_id="r", accept=False)
    published = tip_rows(bench.home, spec, {}, None)
    with Journal(journal_of(bench.home, NAME)) as journal:
        journal.reopen(published[1]["candidate_id"])
        assert [row["candidate_id"] for row in tip_rows(bench.home, spec, {}, None)] == [
            published[0]["candidate_id"], published[2]["candidate_id"],
        ]  # fmt: skip
        journal.done(Outcome(key=published[1]["candidate_id"], kind="failed", error="gone wrong", at="now"))
        (failed,) = tip_rows(bench.home, spec, {"outcome": "failed"}, None)
    assert (failed["error"], failed["text"]) == ("gone wrong", None)
    assert candidates(bench.home, NAME).table().num_rows == 3


def test_a_published_file_that_is_missing_is_damage(bench: BenchContext) -> None:
    """The manifest names it, so that it is no moment before a publication."""
    launch(bench, NAME, OPTIONS, (), by_default=True)
    spec = pinned_spec(bench.home, NAME)
    collect_experiment(bench, spec, run_id="r", accept=False)
    bench.home.storage.blobs.delete(str(candidates(bench.home, NAME).key()))
    with pytest.raises(LakeBroken, match="restore it from a backup"):
        tip_rows(bench.home, spec, {}, None)


def test_scored_tips_are_those_of_the_listing(bench: BenchContext, tmp_path: Path) -> None:
    """In grid order, each with the scores of the judges that are asked for, and their mean."""
    rows = [
        {
            "model": model, "prompt": "p", "scenario_id": f"s{n}", "scenario": f"Case {n}", "tip_index": tip,
            "text": f"{model} {n} {tip}.",
            "scores": {
                judge: {name: 1 + (3 * n + tip + place + number) % 5 for number, name in enumerate(CRITERIA)}
                for place, judge in enumerate(("bea", "anna", "gpt")) if (n + tip + place) % 4 > 1
            },
        }
        for model in ("north", "south") for n in range(5) for tip in range(2)
    ]  # fmt: skip
    file = tmp_path / "outputs.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)))
    spec = adopt(bench, NAME, [file], AdoptOptions(judge_kinds={"gpt": "model"}), None).spec
    listed = tip_rows(bench.home, spec, {}, None)
    found = scored_tips(bench.home, spec, given_of(bench.home, spec), {"anna", "bea"})
    tips = [found.one(number) for number in range(len(found))]
    own = [{judge: row["scores"][judge] for judge in ("anna", "bea") if judge in row["scores"]} for row in listed]
    wanted = [
        (row["cell"], row["scenario"], row["tip_index"], row["text"], given)
        for row, given in zip(listed, own, strict=True)
        if given
    ]
    assert [(tip.cell, tip.scenario, tip.tip_index, tip.text, tip.scores) for tip in tips] == wanted
    assert found.score.tolist() == pytest.approx([np.mean(list(given.values())) for given in own if given])
    assert 0 < len(tips) < len(listed)
    assert len(scored_tips(bench.home, spec, given_of(bench.home, spec), ())) == 0
