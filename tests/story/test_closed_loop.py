"""The closed loop in one process: benchmark, leaderboard, recommended tip, shown, acted, signal, log, report."""

import dataclasses
import hashlib
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from contracts.modules.events import TipActedV1, TipShownV1
from contracts.tips.catalog import CatalogCell, TipCatalog
from contracts.tips.recommendations import FeedbackKind, Surface, TipRequest
from core.simulated_users.tastes import Relation, Tastes, rates
from kit.sql.sessions import reading
from kit.times import day_of
from resources.adoption.adopt import adopt
from resources.adoption.options import AdoptOptions
from resources.bench_context import BenchContext
from resources.decisions.parts import DecisionPartFiles
from resources.lake.leaderboards import read_published
from resources.policy_reports.report import make_report
from resources.scoring.publishing import publish_leaderboard
from resources.simulated_users.player import Player, SeededIds, SimulatedTime
from resources.simulated_users.run import SimulatedRun
from services.events.tables import SIGNALS
from services.recommender.module import RecommenderModule
from services.recommender.publishing.decisions import DecisionPublication, publish_decisions
from services.recommender.settings import RecommenderTable
from tests.migrated_home import open_migrated
from tests.resources.conftest import bench
from tests.services.recommender.world import AREAS, START, StandingTips, World, cell
from wiring.operations.simulation import play_simulated, report_of, settled_since
from wiring.settings import read_settings

__all__ = ["bench"]
NAME, CELLS, USERS = "tip-bench-loop", 3, 24
CRITERIA = ("specific", "actionable", "fitting", "respectful", "clear")
SETTLED_S, DAY_S = 2 * 72 * 3_600.0, 86_400.0
UNRELATED = (4, 0, 3, 5, 7, 6, 2, 1)
"""Ranks whose correlation with those from 0 to 7 is 0."""


class SamePseudonyms:
    """Implements contracts.modules.sealing.Pseudonyms by a hash alone, so that users are dealt to the same folds."""

    def pseudonym(self, user: str, use: str) -> str:
        """Return it."""
        return hashlib.sha256(f"{use} {user}".encode()).hexdigest()


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


def publish_scores(bench: BenchContext, folder: Path, levels: dict[str, list[int]], name: str = NAME) -> None:
    """Publish a leaderboard of models, whose tips for six scenarios in two areas have these scores in turn."""
    rows = [
        {"model": model, "prompt": "p", "scenario_id": f"s{k}", "text": f"Tip of {model} for the case {k}: begin now."}
        | {"scenario": {"text": f"Case {k}", "area": AREAS[k % 2]}}
        | {"scores": {"anna": dict.fromkeys(CRITERIA, scores[k % len(scores)])}}
        for model, scores in levels.items()
        for k in range(6)
    ]
    file = folder / "rows.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)))
    publish_leaderboard(bench, adopt(bench, name, [file], AdoptOptions(), None).spec)


def test_reactions_come_back_to_the_leaderboard(bench: BenchContext, world: World, tmp_path: Path) -> None:
    """The report has each served cell's score and what users did with its tips, and says what is missing to compare."""
    publish_scores(bench, tmp_path, {f"m{n}": [2 + n, 1 + n] for n in range(CELLS)})
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
    world.recommender.promote("kind = 'thompson'", 1.0, "It learns.", "an-admin")
    (state,) = world.recommender.policy_states()
    learnt = {f"{arm.model}/{arm.prompt}": (arm.shown, arm.acted) for arm in state.arms if arm.shown}
    assert learnt == {name: (len(own), sum(own)) for name, own in drawn.items()}

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


def play(world: World, run: SimulatedRun, scores: dict[str, float | None]) -> dict[str, float]:
    """Have a run's users look for tips of scored cells, and act on them at the rates that this returns."""
    sa.event.listen(world.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
    world.engine.dispose()  # thousands of commits: nobody pulls the plug here
    clock, ids = SimulatedTime(run.since), SeededIds()
    arms = [(arm.rpartition("/"), score) for arm, score in scores.items()]
    cells = tuple(_named(cell(prompt, model, score=score)) for (model, _, prompt), score in arms)
    context = dataclasses.replace(world.context(RecommenderTable()), clock=clock, ids=ids)
    player = Player(
        run=run,
        module=RecommenderModule(context, StandingTips(TipCatalog(cells, fallback=False))),
        clock=clock,
        ids=ids,
        rate_of=rates(run.tastes, scores, run.seed),
        known={},
        tick=lambda _: None,
        new_day=lambda: None,
    )
    assert player.play().drawn.total() == run.users * run.days
    return dict(player.rate_of)


def test_the_report_says_of_three_tastes_what_they_are(bench: BenchContext, world: World, tmp_path: Path) -> None:
    """Users whom the module served agree with one board's judges, disagree with another's, and with a third's neither.

    Of one log of decisions that were drawn and of feedback that was taken, the reports have the right sign, and
    intervals that hold what was declared.
    """
    boards = {"agree": range(8), "disagree": range(7, -1, -1), "unrelated": UNRELATED}
    for name, ranks in boards.items():
        levels = {f"m{n}": [1 + rank // 2, 1 + (rank + 1) // 2] for n, rank in enumerate(ranks)}
        publish_scores(bench, tmp_path, levels, f"tip-bench-{name}")
    scores = {
        name: {f"{row.model}/{row.prompt}": row.score for row in published.rows}
        for name in boards
        if (published := read_published(bench.home, f"tip-bench-{name}")) is not None
    }
    run = SimulatedRun(
        relation=Relation.AGREE, strength=0.3, base_rate=0.5, users=150, days=7, seed=1, since=START - START % DAY_S
    )
    rate_of = play(world, run, scores["agree"])
    disagree = Tastes(relation=Relation.DISAGREE, strength=run.strength)
    assert rates(disagree, scores["disagree"], run.seed) == pytest.approx(rate_of)
    with DecisionPartFiles(bench.home.storage).only_writer("now") as parts, reading(world.engine) as connection:
        settled = run.since + run.days * DAY_S + SETTLED_S
        how = DecisionPublication(SamePseudonyms(), parts, lambda _: True, 72, settled)
        assert publish_decisions(connection, how) == run.users * run.days
    day = day_of(run.since + run.days * DAY_S - 1)
    reports = {name: make_report(bench, day, f"tip-bench-{name}") for name in boards}
    found = {name: report.prediction for name, report in reports.items()}
    print(
        {n: (f.slope_low, f.slope, f.slope_high) for n, f in found.items()},
        [(c.cell, c.reward_low, rate_of[c.cell], c.reward_high) for c in reports["agree"].cells],
    )
    says = {name: (each.verdict, each.n_cells, each.refused) for name, each in found.items()}
    assert says == {
        "agree": ("agrees", 8, None),
        "disagree": ("disagrees", 8, None),
        "unrelated": ("unknown", 8, None),
    }
    known = [score for score in scores["agree"].values() if score is not None]
    steepest = 2 * run.strength / (max(known) - min(known))
    for name, declared in {"agree": steepest, "disagree": -steepest, "unrelated": 0.0}.items():
        low, high = found[name].slope_low, found[name].slope_high
        assert low is not None
        assert high is not None
        assert low < declared < high, name
    report = reports["agree"]
    held = [
        each.reward_low < rate_of[each.cell] < each.reward_high
        for each in report.cells
        if each.reward_low is not None and each.reward_high is not None
    ]
    assert (len(held), sum(held) >= 7) == (8, True), "each holds in 95 of 100"
    assert [check.name for check in report.checks if not check.passed] == []
    assert (report.n_users, report.n_simulated) == (run.users, run.users)


def test_simulated_users_walk_the_whole_loop(bench: BenchContext, tmp_path: Path) -> None:
    """Published cells are served to them, and their report has what they did, against the scores, as simulated."""
    publish_scores(bench, tmp_path, {"low": [1, 2, 1], "middle": [2, 3, 3, 3], "high": [4, 4, 5]})
    settings = read_settings({"TIPBENCH_HOME": str(bench.home.root)}, tmp_path, None)
    open_migrated(bench.home, None).dispose()
    run = SimulatedRun(
        relation=Relation.DISAGREE,
        strength=0.3,
        base_rate=0.5,
        users=12,
        days=2,
        seed=1,
        since=settled_since(settings, 2, time.time()),
    )
    played = play_simulated(settings, run, lambda _: None)
    assert {arm: played.rates[arm] for arm in ("high/p", "low/p")} == pytest.approx({"high/p": 0.2, "low/p": 0.8})
    report, file = report_of(bench, settings, run)
    found = {one.cell: one for one in report.cells}
    assert {"low/p", "middle/p", "high/p"} <= set(found)
    assert (report.n_users, report.n_simulated) == (12, 12)
    assert report.n_decisions == played.counts.drawn.total() == 24
    counted = [(one.n_drawn, one.n_shown, one.n_acted) for one in report.cells]
    tallies = (played.counts.drawn, played.counts.shown, played.counts.acted)
    assert counted == [tuple(tally[one.cell] for tally in tallies) for one in report.cells]
    assert (found["low/p"].score or 5) < (found["high/p"].score or 0)
    assert all(check.passed for check in report.checks if check.name in {"propensities", "log_complete"})
    assert "SIMULATED" in Path(file).with_suffix(".md").read_text()
