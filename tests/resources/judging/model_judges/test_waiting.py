"""A judge that is stuck or stopped holds up the boards that rest on its kind, and only these."""

import json
from collections.abc import Set as AbstractSet

import pytest

from core.benchmark.records import JudgeKind
from resources.choosing.choosing import ChoiceOptions, choose_cell
from resources.judging.exports import last_export
from resources.judging.model_judges.waiting import preferred_kind
from resources.lake.specs import pinned_spec
from resources.scoring.computing import compute
from resources.steps.chain import ChainResult
from tests.resources.collect.conftest import Project, chat, error
from tests.resources.judging.model_judges.conftest import CRITERIA, scored
from tests.resources.judging.model_judges.runs import NAME, SMALL, rows_of, run

HELD = {"stopped by its trial": lambda _: chat(scored(4)), "misconfigured": lambda _: error(404, "no such model")}


def answer(project: Project, judge: str, cells: int) -> None:
    """Drop the judge's answers to the first items of its folder into the inbox."""
    home = project.bench.home
    folder = last_export(home, NAME, judge)
    assert folder is not None
    items = [json.loads(line) for line in (folder / "items.jsonl").read_text("utf-8").splitlines()]
    rubric = json.loads((folder / "rubric.json").read_text())
    given = {"rubric": f"{rubric['name']}@{rubric['version']}", "scores": dict.fromkeys(CRITERIA, 3)}
    inbox = home.inbox(NAME)
    inbox.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps({"item": item["item"], **given}) + "\n" for item in items[:cells]]
    (inbox / f"{judge}.jsonl").write_text("".join(lines))


def named(result: ChainResult) -> str:
    """What a run says of judges that have not answered, or were stopped."""
    assert result.collected is not None
    return (result.collected.left or "") + (result.collected.refused or "")


def kinds(project: Project) -> set[str | None]:
    """The kinds that the published board rests on, none without one."""
    return {row.judge_kind for row in rows_of(project.bench)}


@pytest.mark.parametrize("how", HELD)
def test_heuristics_do_not_stand_in_for_a_model(judged: Project, how: str) -> None:
    """Nothing is published, the board and a choice have no score meanwhile, and --judges shows the program's board."""
    judged.endpoint.answers["good"] = HELD[how]
    result = run(judged.bench, ("luna", "heuristics"), SMALL, tried=False)
    assert not result.passed
    assert "luna" in named(result)
    (check,) = [each.result for each in result.checks if each.result.name == "judged"]
    assert "meanwhile leaderboard --judges program shows that kind's board" in check.message
    assert kinds(judged) == set()
    spec = pinned_spec(judged.bench.home, NAME)
    assert {(row.judge_kind, row.score) for row in compute(judged.bench, spec).rows} == {(None, None)}
    assert choose_cell(judged.bench, spec, ChoiceOptions(margin=0.2)).decision == "not_enough"
    shown = compute(judged.bench, spec, "program").rows
    assert all(row.score is not None for row in shown)
    assert run(judged.bench, tried=False, accept=True).passed
    assert kinds(judged) == {"program"}
    assert compute(judged.bench, spec).rows == rows_of(judged.bench)


@pytest.mark.parametrize("how", HELD)
def test_an_agent_that_has_scored_is_published_beside_a_model_that_is_held(judged: Project, how: str) -> None:
    """The model is named all the same; until the agent has scored a tip there is no board."""
    judged.endpoint.answers["good"] = HELD[how]
    assert not run(judged.bench, ("luna", "agent=agent"), SMALL, tried=False).passed
    answer(judged, "agent", 8)
    result = run(judged.bench, tried=False)
    assert result.passed
    assert "luna" in named(result)
    assert kinds(judged) == {"agent"}


def test_people_who_have_begun_are_published_beside_an_agent_that_is_held(project: Project) -> None:
    """Provisional, and with all cells scored by a program: it does not stand in for the agent."""
    folder = project.folder / "catalog" / "judges"
    folder.mkdir()
    (folder / "coded.toml").write_text('kind = "agent"\ncommand = ["no-such-command"]\n')
    first = run(project.bench, ("coded", "anna", "heuristics"), SMALL, tried=False)
    assert not first.passed
    assert kinds(project) == set()
    answer(project, "anna", 1)
    result = run(project.bench, tried=False)
    assert result.passed
    assert "coded" in named(result)
    assert kinds(project) == {"human", None}, "one of the two cells has no score yet"
    assert {row.provisional for row in rows_of(project.bench)} == {True}


@pytest.mark.parametrize(
    ("reached", "open_", "found"),
    [
        ({}, (), None),
        ({"program": {0, 1}}, (), "program"),
        ({"human": {0}, "program": {0, 1}}, (), "program"),
        ({"program": {0, 1}}, ("model",), None),
        ({"model": {0}, "program": {0, 1}}, ("model",), "model"),
        ({"human": {0}, "program": {0, 1}}, ("model",), "human"),
        ({"human": {0}, "agent": {0, 1}}, ("model",), "agent"),
        ({"model": {0, 1}}, ("model", "agent"), None),
    ],
)
def test_the_preferred_kind_is_never_below_an_open_one(
    reached: dict[JudgeKind, AbstractSet[int]], open_: tuple[JudgeKind, ...], found: JudgeKind | None
) -> None:
    """The first that scored every cell, else the first with any score."""
    assert preferred_kind(reached, {0, 1}, open_) == found
