"""The report of simulated users: what it says of tastes that were declared, and that nobody was asked."""

import json
import random
from pathlib import Path

import pytest

from contracts.tips.decision_log import DayCounts, PublishedDay, PublishedTip
from core.simulated_users.tastes import Relation, Tastes, rates
from core.simulated_users.visits import outcome_of
from resources.adoption.adopt import adopt
from resources.adoption.options import AdoptOptions
from resources.bench_context import BenchContext
from resources.decisions.parts import DecisionPartFiles
from resources.lake.leaderboards import read_published
from resources.policy_reports.report import make_report
from resources.policy_reports.scatter import scatter_file
from resources.policy_reports.text import report_text
from resources.scoring.publishing import publish_leaderboard
from tests.resources.conftest import bench
from tests.resources.decisions.rows import published_tip

__all__ = ["bench"]
NAME, DAY, SEED = "tip-bench-simulated", "2026-11-29", 3
CRITERIA = ("specific", "actionable", "fitting", "respectful", "clear")
USERS, VISITS = 100, 14
VERDICTS = {Relation.AGREE: "agrees", Relation.DISAGREE: "disagrees", Relation.UNRELATED: "unknown"}


@pytest.fixture
def scores(bench: BenchContext, tmp_path: Path) -> dict[str, float | None]:
    """The published scores of eight cells over twenty scenarios."""
    chance, file = random.Random(11), tmp_path / "rows.jsonl"  # noqa: S311  # scores of a test
    rows = [
        {"model": f"m{cell}", "prompt": "p", "scenario_id": f"s{n}", "scenario": f"Case {n}", "text": f"{cell} {n}."}
        | {
            "scores": {
                "anna": {name: min(5, max(1, round(1.8 + 0.35 * cell + chance.gauss(0, 0.6)))) for name in CRITERIA}
            }
        }
        for cell in range(8)
        for n in range(20)
    ]
    file.write_text("\n".join(map(json.dumps, rows)))
    publish_leaderboard(bench, adopt(bench, NAME, [file], AdoptOptions(), None).spec)
    published = read_published(bench.home, NAME)
    assert published is not None
    return {f"{row.model}/{row.prompt}": row.score for row in published.rows}


def publish_visits(bench: BenchContext, rate_of: dict[str, float], *, people: int = 0) -> None:
    """Publish the visits of simulated users on a random policy, the first `people` of whom are said to be none."""
    arms, chance = sorted(rate_of), random.Random(SEED)  # noqa: S311  # the draw of a test

    def row(user: int, visit: int) -> PublishedTip:
        arm = chance.choice(arms)
        found = outcome_of(SEED, user, visit, rate_of[arm])
        said = {
            "action": arm,
            "propensity": 1 / len(arms),
            "reward": None if found.shown is None else float(found.acted is not None),
            "shown": found.shown is not None,
            "simulated": user >= people,
            "eligible": arms,
            "probabilities": [1 / len(arms)] * len(arms),
        }
        return published_tip(f"d{user}-{visit}", f"u{user}", **said)

    rows = [row(user, visit) for user in range(USERS) for visit in range(VISITS)]
    with DecisionPartFiles(bench.home.storage).only_writer("now") as parts:
        file, digest, count = parts.write(DAY, [rows]) or ("", "", 0)
        made = DayCounts(published=count, served=count)
        parts.publish(PublishedDay(day=DAY, file=file, sha256=digest, rows=count, reward_within_hours=72, counts=made))


@pytest.mark.parametrize("relation", Relation)
def test_declared_tastes_are_what_the_report_finds(
    bench: BenchContext, scores: dict[str, float | None], relation: Relation
) -> None:
    """Tastes that agree, disagree and are unrelated; the interval of the slope holds the declared one."""
    tastes = Tastes(relation=relation)
    publish_visits(bench, rates(tastes, scores, SEED))
    report = make_report(bench, DAY)
    found, known = report.prediction, [score for score in scores.values() if score is not None]
    assert (found.refused, found.verdict, found.n_cells) == (None, VERDICTS[relation], 8)
    steepest = 2 * tastes.strength / (max(known) - min(known))
    declared = {Relation.AGREE: steepest, Relation.DISAGREE: -steepest, Relation.UNRELATED: 0.0}[relation]
    assert found.slope_low is not None
    assert found.slope_high is not None
    assert found.slope_low < declared < found.slope_high
    assert all(check.passed for check in report.checks)
    assert (report.n_users, report.n_simulated) == (USERS, USERS)
    assert "All 100 users are SIMULATED" in report_text(report)
    assert "SIMULATED" in scatter_file(report)


def test_people_among_simulated_users_are_counted(bench: BenchContext, scores: dict[str, float | None]) -> None:
    """A report of both says how many are a program's; one of people alone says nothing of the kind."""
    publish_visits(bench, rates(Tastes(), scores, SEED), people=40)
    mixed = make_report(bench, DAY)
    assert "60 of 100 users are SIMULATED" in report_text(mixed)
    publish_visits(bench, rates(Tastes(), scores, SEED), people=USERS)
    people = make_report(bench, DAY)
    assert people.n_simulated == 0
    assert "SIMULATED" not in report_text(people) + scatter_file(people)
