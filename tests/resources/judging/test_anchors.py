"""Old items shown again among new ones: how they go out, and how their answers are kept."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pytest

from contracts.benchmark.launches import JudgePlanView
from core.benchmark.grid import grid
from core.benchmark.model import Model
from core.benchmark.records import JudgeConflict, JudgeRecord
from core.benchmark.spec import Options
from core.dataset_columns import CANDIDATES
from core.judging.tasks import TaskNotOffered
from resources.collect.judges import record_judges
from resources.home import Home
from resources.judging.anchors import plan_judging
from resources.judging.import_export import export_pending, open_exports, take_scores
from resources.judging.items import Items
from resources.lake.candidates import candidates
from resources.lake.specs import add_records, pin, pinned_spec, read_records
from resources.scoring.checking import traceable
from tests.resources.judging.experiment import NAME, Bench, judged_experiment
from tests.resources.judging.rounds.rounds_setup import RoundsSetup, open_rounds

OLD = "tip-bench-before"
NEW, ANCHORS = 8, 4


@pytest.fixture
def extended(tmp_path: Path, lines: Any) -> Iterator[RoundsSetup]:
    """An experiment of three models that extends one of two, whose sixteen tips anna has given a 3 each.

    A half of the eight new items are to be shown again.
    """
    bench = judged_experiment(Home(tmp_path / "home"))
    before = msgspec.structs.replace(bench.spec, experiment=OLD)
    bench.spec = msgspec.structs.replace(
        bench.spec,
        models=(*bench.spec.models, Model("secret-model-c", "template")),
        cells=((0, 0), (1, 0), (2, 0)),
        extends=OLD,
        options=Options(extends=OLD, anchors=0.5),
    )
    rows = candidates(bench.home, NAME).table().to_pylist()
    rows += [{**row, "cell": 2, "text": f"New {n}."} for n, row in enumerate(rows[:NEW])]
    rows = [{**row, "candidate_id": one.key} for row, one in zip(rows, grid(bench.spec), strict=True)]
    _publish(bench.home, OLD, rows[: 2 * NEW])
    _publish(bench.home, NAME, [{**row, "origin": "run" if row["cell"] == 2 else f"extends:{OLD}"} for row in rows])
    pin(bench.home, before)
    for setup in open_rounds(bench, f"sqlite:///{tmp_path}/rounds.db"):
        bench.spec = pinned_spec(bench.home, NAME)
        record_judges(setup.context, OLD, ["anna"])
        folder = export_pending(setup.context, before)["anna"].folder
        assert folder is not None
        _drop(bench.home, OLD, "old.jsonl", lines(bench.answers(folder)))
        assert take_scores(setup.context, before).accepted == ["old.jsonl"]
        yield setup


def _publish(home: Home, name: str, rows: list[dict[str, Any]]) -> None:
    candidates(home, name).publish(lambda writer: writer.write_table(pa.Table.from_pylist(rows, CANDIDATES)), {})


def _drop(home: Home, name: str, file: str, text: str) -> None:
    home.inbox(name).mkdir(parents=True, exist_ok=True)
    (home.inbox(name) / file).write_text(text)


def _export(setup: RoundsSetup) -> Path:
    folder = export_pending(setup.context, setup.bench.spec)["anna"].folder
    assert folder is not None
    return folder


def _anchors(setup: RoundsSetup) -> dict[str, str]:
    """The candidate behind each anchor."""
    table = Items(setup.bench.home, NAME, anchors=True).table("anna")
    return dict(zip(table["item"].to_pylist(), table["candidate_id"].to_pylist(), strict=True))


def _answer(setup: RoundsSetup, answers: list[dict[str, Any]], lines: Any, file: str = "a.jsonl") -> None:
    setup.bench.drop(file, lines(answers))
    report = setup.publish()
    assert (report.accepted, report.rejected) == ([file], {})


def _first(setup: RoundsSetup) -> dict[str, float]:
    rows = setup.bench.scores().current().to_pylist()
    return {row["candidate_id"]: row["score.clear"] for row in rows}


def test_they_go_out_among_the_new_ones(extended: RoundsSetup) -> None:
    """Two tips of each old cell in four scenarios, under new ids, mixed in; the same export again holds the same."""
    folder = _export(extended)
    items = extended.bench.items(folder)
    anchors = _anchors(extended)
    places = [place for place, item in enumerate(items) if item["item"] in anchors]
    assert (len(items), len(places)) == (NEW + ANCHORS, ANCHORS)
    assert places not in (list(range(ANCHORS)), list(range(NEW, NEW + ANCHORS)))
    tips = candidates(extended.bench.home, NAME).table().to_pylist()
    shown = [tip for tip in tips if tip["candidate_id"] in anchors.values()]
    assert sorted(tip["cell"] for tip in shown) == [0, 0, 1, 1]
    assert len({tip["scenario"] for tip in shown}) == ANCHORS
    assert all(item.keys() == items[0].keys() for item in items)
    assert "anchor" not in "".join(path.read_text("utf-8-sig") for path in folder.iterdir() if path.suffix != ".json")
    assert _export(extended) == folder
    assert (
        open_exports(extended.context, extended.bench.spec, read_records(extended.bench.home, NAME))["anna"]
        == export_pending(extended.context, extended.bench.spec)["anna"]
    )


def test_their_answers_are_kept_apart(extended: RoundsSetup, lines: Any) -> None:
    """The first answers stay in force and are counted once; the repeats are kept, and nothing is pending."""
    folder = _export(extended)
    _answer(extended, extended.bench.answers(folder, 5), lines)
    anchors = _anchors(extended)
    assert sorted(_first(extended).values()) == [3.0] * 16 + [5.0] * NEW
    repeats = extended.bench.scores().repeats().to_pylist()
    assert {row["item"]: (row["candidate_id"], row["judge"], row["score.clear"]) for row in repeats} == {
        item: (candidate, "anna", 5.0) for item, candidate in anchors.items()
    }
    assert [source.rows for source in extended.bench.scores().sources() if source.name == "a.jsonl"] == [NEW + ANCHORS]
    result = export_pending(extended.context, extended.bench.spec)["anna"]
    assert (result.folder, result.made, result.pending, result.anchors) == (folder, False, 0, 0)


def test_every_repeat_is_traced(extended: RoundsSetup, lines: Any) -> None:
    """The check counts them with the others, and fails once the ledger that tells them apart is lost."""
    _answer(extended, extended.bench.answers(_export(extended), 5), lines)
    spec = pinned_spec(extended.bench.home, NAME)
    assert traceable(extended.context, spec).passed
    shutil.rmtree(extended.bench.home.experiment(NAME) / "anchors")
    assert not traceable(extended.context, spec).passed


def test_a_file_of_some_leaves_the_rest(extended: RoundsSetup, lines: Any) -> None:
    """The next folder holds the other new items and the other anchors, under the same ids; none is drawn anew."""
    answers = extended.bench.answers(_export(extended), 5)
    anchors = _anchors(extended)
    answers.sort(key=lambda answer: answer["item"] not in anchors)
    _answer(extended, answers[1:7], lines)
    rest = extended.bench.answers(_export(extended), 5)
    assert {answer["item"] for answer in rest} == {answer["item"] for answer in [*answers[:1], *answers[7:]]}
    assert _anchors(extended) == anchors
    _answer(extended, rest, lines, "b.jsonl")
    records = read_records(extended.bench.home, NAME)
    assert open_exports(extended.context, extended.bench.spec, records)["anna"].open == 0
    assert len(extended.bench.scores().repeats()) == ANCHORS


def test_a_corrected_file_of_before_corrects_the_first(extended: RoundsSetup, lines: Any) -> None:
    """The old experiment's file names the first items: its answers come in force here too, repeats stay."""
    _answer(extended, extended.bench.answers(_export(extended), 5), lines)
    old = extended.bench.home.exports(OLD, "anna") / "001"
    _drop(extended.bench.home, OLD, "corrected.jsonl", lines(extended.bench.answers(old, 2)))
    take_scores(extended.context, msgspec.structs.replace(extended.bench.spec, experiment=OLD, extends=None))
    extended.publish()
    assert sorted(_first(extended).values()) == [2.0] * 16 + [5.0] * NEW
    assert extended.bench.scores().repeats()["score.clear"].to_pylist() == [5.0] * ANCHORS


def test_a_later_answer_to_an_anchor_corrects_the_repeat(extended: RoundsSetup, lines: Any) -> None:
    """A later file supersedes among repeats as it does among first answers, with history."""
    answers = extended.bench.answers(_export(extended), 5)
    _answer(extended, answers, lines)
    item = next(iter(_anchors(extended)))
    later = [{**answer, "scores": {"clear": 4, "kind": 4}} for answer in answers if answer["item"] == item]
    _answer(extended, later, lines, "b.jsonl")
    assert sorted(extended.bench.scores().repeats()["score.clear"].to_pylist()) == [4.0, 5.0, 5.0, 5.0]
    assert [row["score.clear"] for row in extended.bench.scores().history(item)] == [5.0, 4.0]


def test_a_round_on_the_page_holds_them(extended: RoundsSetup) -> None:
    """They are answered like all others, count in the round's progress, and come in as repeats; one is taken back."""
    opened = extended.open()
    items = extended.items(opened)
    assert len(items) == NEW + ANCHORS
    for item in items:
        extended.say(opened, item, 4)
    extended.publish()
    view = extended.rounds.round(opened, extended.callers["admin"])
    assert (view.total, view.answered) == (NEW + ANCHORS, NEW + ANCHORS)
    assert sorted(_first(extended).values()) == [3.0] * 16 + [4.0] * NEW
    assert extended.bench.scores().repeats()["score.clear"].to_pylist() == [4.0] * ANCHORS
    anchor = next(item for item in items if item in _anchors(extended))
    extended.rounds.undo(opened, anchor, extended.callers["anna"])
    extended.publish()
    assert sorted(extended.bench.scores().repeats()["score.clear"].to_pylist(), key=str) == [4.0, 4.0, 4.0, None]


def test_who_has_scored_nothing_is_shown_none(extended: RoundsSetup) -> None:
    """Everything is new to a judge who joins here; nor is anything repeated without the pinned share."""
    record_judges(extended.context, NAME, ["ben"])
    result = export_pending(extended.context, extended.bench.spec)["ben"]
    assert (result.pending, result.anchors) == (16 + NEW, 0)
    assert Items(extended.bench.home, NAME, anchors=True).table("ben").num_rows == 0


@pytest.mark.parametrize("share", [None, 0.0])
def test_without_a_share_none_go_out(extended: RoundsSetup, share: float | None) -> None:
    """An experiment that was pinned without anchors gets its new items alone, and no ledger of them."""
    spec = msgspec.structs.replace(extended.bench.spec, options=Options(extends=OLD, anchors=share))
    result = export_pending(extended.context, spec)["anna"]
    assert (result.pending, result.anchors) == (NEW, 0)
    assert not (extended.bench.home.experiment(NAME) / "anchors").exists()


def test_tips_that_look_alike_are_shown_again_once(extended: RoundsSetup) -> None:
    """With as many anchors as old items, and the tips of both old models equal, each pair goes out once."""
    rows = candidates(extended.bench.home, NAME).table().to_pylist()
    alike = {row["scenario"]: row["text"] for row in rows if row["cell"] == 0}
    rows = [{**row, "text": alike[row["scenario"]] if row["cell"] == 1 else row["text"]} for row in rows]
    _publish(extended.bench.home, NAME, rows)
    spec = msgspec.structs.replace(extended.bench.spec, options=Options(extends=OLD, anchors=1.0))
    folder = export_pending(extended.context, spec)["anna"].folder
    assert folder is not None
    sent = extended.bench.items(folder)
    assert len(sent) == len({(item["scenario"]["id"], item["tip"]) for item in sent}) == NEW + 8


def test_a_kill_before_the_folder_leaves_them_to_the_next_export(extended: RoundsSetup) -> None:
    """Anchors that are noted and in no folder yet go out with the next one, under the ids noted."""
    folder = _export(extended)
    noted = _anchors(extended)
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    assert {item["item"] for item in Bench.items(extended.bench, _export(extended))} >= noted.keys()
    assert _anchors(extended) == noted


def test_a_plan_says_how_many_there_will_be(extended: RoundsSetup) -> None:
    """To each judge on record or named, who has scored there or not; before the pin those of the old experiment."""
    spec = extended.bench.spec
    assert plan_judging(extended.context, spec, 24) == [JudgePlanView("anna", 8, 4)]
    record_judges(extended.context, NAME, ["ben", "heuristics"])
    assert plan_judging(extended.context, spec, 24, ["cid=agent", "anna"]) == [
        JudgePlanView("cid", 24, 0), JudgePlanView("anna", 8, 4), JudgePlanView("ben", 24, 0),
    ]  # fmt: skip
    assert [each.judge for each in plan_judging(extended.context, spec, 24, ["heuristics"])] == ["ben"]
    other = msgspec.structs.replace(spec.rubric, version="9")
    unpinned = msgspec.structs.replace(spec, experiment="tip-bench-unpinned", rubric=other)
    assert plan_judging(extended.context, unpinned, 24) == [JudgePlanView("anna", 24, 0)]
    alone = msgspec.structs.replace(unpinned, extends=None)
    assert plan_judging(extended.context, alone, 5) == [JudgePlanView("agent", 5, 0)]
    assert plan_judging(extended.context, alone, 5, ["heuristics"]) == [], "a program judges in the run"


def test_a_plan_refuses_the_judges_that_a_launch_refuses(extended: RoundsSetup) -> None:
    """Another kind than on record, here or in what is extended, and whoever is recorded for comparisons."""
    home, spec = extended.bench.home, extended.bench.spec
    with pytest.raises(JudgeConflict, match="recorded as human and cannot become agent"):
        plan_judging(extended.context, spec, 24, ["anna=agent"])
    with pytest.raises(JudgeConflict, match="no program 'other'"):
        plan_judging(extended.context, spec, 24, ["other=program"])
    add_records(home, NAME, [JudgeRecord("pairs", "human", "x", "2026-01-01T00:00:00Z", "comparison")])
    with pytest.raises(TaskNotOffered, match="'pairs' is recorded for comparisons"):
        plan_judging(extended.context, spec, 24, ["pairs"])
