"""Every answer of model judges is in a dataset: raw texts for people, and repeated ones for the noise."""

import json
from itertools import count
from typing import Any

import pytest

from core.benchmark.records import definitions_of
from core.benchmark.spec import Options
from resources.choosing.choosing import ChoiceOptions, choose_cell
from resources.collect.launch import launch
from resources.judging.model_judges.every_answer import EveryAnswer
from resources.judging.model_judges.trial_records import note_trial
from resources.lake.specs import read_records
from resources.scoring.tip_rows import tip_rows
from tests.resources.collect.conftest import Project, chat
from tests.resources.judging.model_judges.conftest import scored
from tests.resources.judging.model_judges.runs import NAME, SMALL, rows_of, run, trial_of

TRIED = trial_of("luna", "luna-3", noise=0.25)


def test_several_answers_are_one_score_and_tell_the_noise(judged: Project) -> None:
    """The mean is the score, the rest stand in judge_answers, and their sd within items is on the board."""
    (judged.folder / "catalog" / "judges" / "luna.toml").write_text('kind = "model"\nmodel = "good"\nasks = 2\n')
    seen = dict[str, Any]()

    def now_three_now_five(body: dict[str, Any]) -> tuple[int, Any]:
        turn = seen.setdefault(json.dumps(body["messages"]), count())
        return chat(scored(5 if next(turn) % 2 else 3))

    judged.endpoint.answers["good"] = now_three_now_five
    assert run(judged.bench, ("luna",), SMALL).passed
    rows = rows_of(judged.bench)
    assert [row.score for row in rows] == [4, 4]
    assert [row.judge_noise for row in rows] == pytest.approx([2**0.5, 2**0.5])
    spec = launch(judged.bench, NAME, Options(), by_default=True)
    every = EveryAnswer(judged.bench.home, NAME, spec.rubric).rows(["luna"])
    assert len(every) == judged.endpoint.got["good"]
    assert {row["number"] for row in every} == {0, 1}
    assert choose_cell(judged.bench, spec, ChoiceOptions(margin=0.2)).judge_noise == pytest.approx(2**0.5)
    assert "the margin is below 1.2, " in choose_cell(judged.bench, spec, ChoiceOptions(margin=0.2)).reason


def test_reason_and_raw_answer_stand_beside_a_score(judged: Project) -> None:
    """And why there is none, where the model wrote prose; without repeated answers a trial alone tells the noise."""
    said = f"Let me see.\n{scored()}"
    judged.endpoint.answers["good"] = lambda _: chat(said)
    assert run(judged.bench, ("luna",), SMALL).passed
    assert [row.judge_noise for row in rows_of(judged.bench)] == [None, None]
    spec = launch(judged.bench, NAME, Options(), by_default=True)
    note_trial(judged.bench.home, spec, definitions_of(read_records(judged.bench.home, NAME))["luna"], TRIED)
    assert choose_cell(judged.bench, spec, ChoiceOptions(margin=0.2)).judge_noise == 0.25
    for row in tip_rows(judged.bench.home, spec, {}, None):
        assert (row["reasons"], row["raw_answers"]) == ({"luna": "It fits."}, {"luna": said})


def test_what_is_no_score_is_there_to_be_read(judged: Project) -> None:
    """With the reason that it is none; an answer that comes later takes its place."""
    judged.endpoint.answers["good"] = lambda _: chat("A fine tip.")
    run(judged.bench, ("luna",), SMALL)
    spec = launch(judged.bench, NAME, Options(), by_default=True)
    dataset = EveryAnswer(judged.bench.home, NAME, spec.rubric)
    assert {(row["raw"], row["why"]) for row in dataset.rows(["luna"])} == {
        ("A fine tip.", "the answer holds no JSON object")
    }
    judged.endpoint.answers["good"] = lambda _: chat(scored())
    run(judged.bench, retry=True)
    assert {row["why"] for row in dataset.rows(["luna"])} == {None}


def test_what_is_taken_over_has_its_reason_and_its_answer(judged: Project) -> None:
    """An experiment that extends another shows raw answers of old tips too, and knows the noise of both."""
    (judged.folder / "catalog" / "judges" / "luna.toml").write_text('kind = "model"\nmodel = "good"\nasks = 2\n')
    assert run(judged.bench, ("luna",), SMALL).passed
    judged.endpoint.answers["good"] = lambda _: chat(f"New. {scored()}")
    more = "tip-bench-more"
    options = Options(extends=NAME, prompts=("terse", "coach", "evidence-first"), anchors=0.0)
    assert run(judged.bench, (), options, name=more).passed
    spec = launch(judged.bench, more, Options(), by_default=True)
    found = tip_rows(judged.bench.home, spec, {}, None)
    assert len(found) == 12
    old = [
        row for row in found if row["prompt"] != "evidence-first"
    ]  # a new one that looks like an old one is its item
    assert [row["raw_answers"] for row in old] == [{"luna": scored()}] * 8
    assert {"luna": f"New. {scored()}"} in [row["raw_answers"] for row in found]
    assert [row.judge_noise for row in rows_of(judged.bench, more)] == [0, 0, 0]
    parts = EveryAnswer(judged.bench.home, more, spec.rubric).parts()
    assert run(judged.bench, name=more).passed
    assert EveryAnswer(judged.bench.home, more, spec.rubric).parts() == parts
