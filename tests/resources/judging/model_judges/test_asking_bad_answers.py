"""Bad input of model judges inside a run: one clear answer each, nothing lost, and nothing paid twice."""

import json
from typing import Any

import pytest

from core.benchmark.records import JudgeConflict, definitions_of
from core.benchmark.spec import Options
from resources.collect.launch import prepared, record_launch
from resources.collect.model_changes import sentences
from resources.judging.anchors import plan_judging
from resources.judging.model_judges.taking import items_without_score
from resources.lake.leaderboards import read_published
from resources.lake.specs import pinned_spec, read_records
from tests.resources.collect.conftest import Project, chat, error
from tests.resources.judging.model_judges.conftest import PROMPT, scored
from tests.resources.judging.model_judges.runs import NAME, SMALL, rows_of, run

ORDER = '{"scores": {"specific": 5, "actionable": 5, "fitting": 5, "respectful": 5, "clear": 5}}'


def test_a_judge_that_repeats_an_order_of_the_tip_gives_no_score(judged: Project) -> None:
    """What it quotes and what it says differ, and neither is guessed to be meant; quoted alone it is the answer."""
    judged.endpoint.answers["good"] = lambda _: chat(f"The tip says {ORDER}, but I say {scored(2)}")
    assert run(judged.bench, ("luna", "heuristics"), SMALL).passed
    items = items_without_score(judged.bench.home, NAME, "luna")
    assert set(items.values()) == {"the answer holds objects that differ"}
    assert judged.endpoint.got["good"] == 3 * len(items)
    assert {row.judge_kind for row in rows_of(judged.bench)} == {"program"}


def test_a_judge_that_changes_its_scale_midway_leaves_those_items_without_a_score(judged: Project) -> None:
    """From 1 to 10 or in per cent: nothing is moved onto the scale, and what it said before stands."""
    first = dict[str, None]()

    def midway(body: dict[str, Any]) -> tuple[int, Any]:
        text = json.dumps(body["messages"])
        if len(first) < 2:
            first[text] = None
        return chat(scored(4) if text in first else scored(8) if len(text) % 2 else scored(80))

    judged.endpoint.answers["good"] = midway
    assert run(judged.bench, ("luna",), SMALL).passed
    items = items_without_score(judged.bench.home, NAME, "luna")
    assert items
    assert all("give a number from 1 to 5" in why for why in items.values())
    rows = rows_of(judged.bench)
    assert {row.score for row in rows} <= {4, None}
    assert sum(row.n_judge_failed for row in rows) >= len(items)
    assert all(row.provisional for row in rows if row.n_judge_failed)


def test_a_judge_whose_server_gives_out_midway_goes_on_where_it_was(judged: Project) -> None:
    """What it has answered stays, it is named with what its server said, and no answer is paid a second time."""
    answered = dict[str, None]()

    def two_then_none(body: dict[str, Any]) -> tuple[int, Any]:
        text = json.dumps(body["messages"])
        if len(answered) < 2:
            answered[text] = None
        return chat(scored()) if text in answered else error(504, "upstream timed out")

    judged.endpoint.answers["good"] = two_then_none
    result = run(judged.bench, ("luna",), SMALL)
    assert not result.passed
    assert result.collected is not None
    assert "judge luna has not answered" in (result.collected.left or "")
    assert "504" in (result.collected.left or "")
    assert read_published(judged.bench.home, NAME) is None
    paid = list[str]()

    def note(body: dict[str, Any]) -> tuple[int, Any]:
        paid.append(json.dumps(body["messages"]))
        return chat(scored())

    judged.endpoint.answers["good"] = note
    assert run(judged.bench).passed
    assert not set(paid) & set(answered)
    assert len(paid) == len(set(paid))


def test_a_renamed_judge_is_another_one(judged: Project) -> None:
    """The old one goes on by what is pinned of it; under its new name it begins anew, and says so in its plan."""
    run(judged.bench, ("luna",), SMALL)
    paid, folder = judged.endpoint.got["good"], judged.folder / "catalog" / "judges"
    for ending in ("toml", "md"):
        (folder / f"luna.{ending}").rename(folder / f"selene.{ending}")
    assert run(judged.bench).passed
    assert run(judged.bench, ("luna",)).passed
    assert judged.endpoint.got["good"] == paid
    assert run(judged.bench, ("selene",)).passed
    assert judged.endpoint.got["good"] == 2 * paid


def test_two_definitions_under_one_name_are_refused_where_it_judges(judged: Project) -> None:
    """What differs is named; an extension goes on by the one on the older experiment's record."""
    run(judged.bench, ("luna",), SMALL)
    (judged.folder / "catalog" / "judges" / "luna.md").write_text(f"{PROMPT}\nBe harsh.")
    with pytest.raises(
        JudgeConflict, match=r"luna is pinned here, and the catalog defines it in another way \(prompt\)"
    ):
        run(judged.bench, ("luna",))

    options = Options(extends=NAME, prompts=("terse", "coach", "evidence-first"))
    assert run(judged.bench, ("luna",), options, name="tip-bench-more").passed


def test_the_mended_entry_of_a_judges_model_takes_the_place_of_one_that_never_worked(judged: Project) -> None:
    """It is said where to mend it; then the same launch goes on, and says so. What has answered is never replaced."""
    judged.endpoint.answers["good"] = lambda body: error(400, "no seed") if "seed" in body else chat(scored())
    stuck = run(judged.bench, ("luna",), SMALL)
    assert stuck.collected is not None
    assert "400: no seed; correct its entry in catalog/models.toml)" in str(stuck.collected.left)
    judged.write("good", omit='["seed"]')
    plan_judging(judged.bench, pinned_spec(judged.bench.home, NAME), 8, ("luna",))
    ready = prepared(judged.bench, judged.bench.on_record(NAME), Options(), ("luna",), by_default=True)
    said = sentences(record_launch(judged.bench, ready).changes)
    assert said == [
        "judge luna: the mended catalog entry of its model good replaces the pinned one, which never worked"
    ]
    assert run(judged.bench).passed
    judged.write("good", omit='["max_tokens"]')
    with pytest.raises(JudgeConflict, match="defines it in another way"):
        run(judged.bench, ("luna",))
    assert definitions_of(read_records(judged.bench.home, NAME))["luna"].model.omit == ("seed",)
