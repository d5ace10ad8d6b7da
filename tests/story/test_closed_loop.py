"""The closed loop in one process: benchmark, leaderboard, recommended tip, shown, acted, signal, log, report."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from contracts.modules.events import TipActedV1, TipShownV1
from contracts.tips.catalog import CatalogCell, TipCatalog
from contracts.tips.recommendations import FeedbackKind, Surface, TipRequest
from kit.sql.sessions import reading
from resources.adoption.adopt import adopt
from resources.adoption.options import AdoptOptions
from resources.bench_context import BenchContext
from resources.decisions.parts import DecisionPartFiles
from resources.policy_reports.report import make_report
from resources.scoring.publishing import publish_leaderboard
from services.events.tables import SIGNALS
from services.recommender.publishing.decisions import DecisionPublication, publish_decisions
from tests.resources.conftest import bench
from tests.services.recommender.world import START, World, cell

__all__ = ["bench"]
NAME, CELLS, USERS = "tip-bench-loop", 3, 24
CRITERIA = ("specific", "actionable", "fitting", "respectful", "clear")
SETTLED_S = 2 * 72 * 3_600.0


def _named(own: CatalogCell) -> CatalogCell:
    """Return a cell whose tips have names of their own in the catalog."""
    return replace(own, tips=tuple(replace(tip, id=f"{own.model}-{tip.id}") for tip in own.tips))


@pytest.fixture
def world(bench: BenchContext) -> Iterator[World]:
    """The recommender on the home of the benchmark, which serves cells of its leaderboard and a template."""
    made = World(bench.home.root)
    cells = [*(cell("p", f"m{n}") for n in range(CELLS)), cell("terse")]
    made.recommender = made.module(TipCatalog(tuple(_named(each) for each in cells), fallback=False))
    yield made
    made.close()


def test_reactions_come_back_to_the_leaderboard(bench: BenchContext, world: World, tmp_path: Path) -> None:
    """The report has each served cell's score and what users did with its tips, and says what is missing to compare."""
    rows = [
        {"model": f"m{n}", "prompt": "p", "scenario_id": f"s{k}", "scenario": f"Case {k}", "text": f"Tip {n} {k}."}
        | {"scores": {"anna": dict.fromkeys(CRITERIA, 2 + n - k % 2)}}
        for n in range(CELLS)
        for k in range(6)
    ]
    file = tmp_path / "rows.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)))
    publish_leaderboard(bench, adopt(bench, NAME, [file], AdoptOptions(), None).spec)

    drawn: dict[str, list[bool]] = {}
    for number in range(USERS):
        user = f"user-{number}"
        made = world.recommender.recommend(user, TipRequest(surface=Surface.PAGE))
        world.say(made, FeedbackKind.SHOWN, user=user)
        likes = made.tips[0].cell.model == "m2"
        if likes:
            world.say(made, FeedbackKind.ACTED, user=user)
        drawn.setdefault(f"{made.tips[0].cell.model}/{made.tips[0].cell.prompt}", []).append(likes)
    world.deliver()
    kinds = [row.type for row in world.rows(SIGNALS)]
    acted = sum(map(sum, drawn.values()))
    assert (kinds.count(TipShownV1.type), kinds.count(TipActedV1.type)) == (USERS, acted)

    world.clock.now = START + SETTLED_S
    with DecisionPartFiles(bench.home.storage).only_writer("now") as parts, reading(world.engine) as connection:
        how = DecisionPublication(world.sealer, parts, lambda _: True, 72, world.clock())
        assert publish_decisions(connection, how) == USERS
    report = make_report(bench, parts.days()[0].day)
    assert (report.experiment, report.n_decisions, report.n_users, report.n_open) == (NAME, USERS, USERS, 0)
    found = {one.cell: one for one in report.cells}
    assert {name: [own.n_drawn, own.n_shown, own.n_acted] for name, own in found.items() if own.n_drawn} == {
        name: [len(own), len(own), sum(own)] for name, own in drawn.items()
    }
    scores = [found[f"m{n}/p"].score or 0 for n in range(CELLS)]
    assert scores == sorted(scores)
    assert "template" in (found["template/terse"].unscored or "")
    assert "of at least 8" in (report.prediction.refused or "")
    failed = {check.name for check in report.checks if not check.passed}
    assert failed <= {"sample_ratio"}  # which one log in a thousand fails by chance
