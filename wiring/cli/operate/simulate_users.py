"""`tipbench simulate-users`: users that this program plays, so that the loop can be seen without people."""

import math
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import click

from core.plurals import counted
from core.simulated_users.tastes import Relation, Tastes
from wiring.cli.context import bench_context_of, settings_as_found
from wiring.cli.output import print_records
from wiring.cli.progress import progress
from wiring.cli.terminal import say

if TYPE_CHECKING:
    from contracts.tips.policy_report import CellReport, PolicyReport
    from wiring.operations.simulation import Played

MOST_USERS, MOST_DAYS, MOST_VISITS = 5_000, 28, 50_000
TASTES = click.Choice([relation.value for relation in Relation])


@click.command("simulate-users")
@click.option("--tastes", type=TASTES, default="agree", show_default=True, help="With the judges' scores of the cells.")
@click.option("--strength", type=float, default=0.2, show_default=True, help="How far tastes move the rate of acting.")
@click.option("--base-rate", type=float, default=0.5, show_default=True, help="Share of tips acted on, of all cells.")
@click.option("--users", type=click.IntRange(1, MOST_USERS), default=120, show_default=True, help="How many there are.")
@click.option("--days", type=click.IntRange(1, MOST_DAYS), default=14, show_default=True, help="A visit each, on each.")
@click.option("--seed", type=click.IntRange(0, 2**31), default=1, show_default=True, help="Decides all that they do.")
@click.option("--with-people", is_flag=True, help="Although the log has decisions of people: counts will mix.")
@click.pass_context
def simulate_users_command(
    ctx: click.Context,
    tastes: str,
    strength: float,
    base_rate: float,
    users: int,
    days: int,
    seed: int,
    with_people: bool,
) -> None:
    """Let simulated users look for tips, see them, and act on or dismiss them, by tastes that are declared.

    Nobody is asked: their ids begin with `simulated-`, their events come from `/simulator`. They visit on days that are
    just over, each once a day, and act on a tip with the base rate, plus strength for the cell with the highest score
    and minus strength for the lowest; the other way round where tastes disagree; at random where they are unrelated.
    Stopped and given again with the same options, the command goes on where it was. It ends with the report that holds
    what they did against the leaderboard, as `policy_reports` does of people.
    """
    from resources.collect.progress import Progress
    from resources.simulated_users.run import SimulatedRun
    from wiring.operations.simulation import play_simulated, report_of, settled_since

    if users * days > MOST_VISITS:
        raise click.UsageError(f"{users} users on {days} days are {users * days} visits: at most {MOST_VISITS}")
    chosen = Tastes(relation=Relation(tastes), strength=strength, base_rate=base_rate)
    bench, settings = bench_context_of(ctx), settings_as_found(ctx)
    run = SimulatedRun(
        relation=chosen.relation,
        strength=chosen.strength,
        base_rate=chosen.base_rate,
        users=users,
        days=days,
        seed=seed,
        since=settled_since(settings, days, time.time()),
    )
    total = users * days
    with ExitStack() as shown:
        advance: list[Callable[[Progress], None]] = []

        def begins(scores: Mapping[str, float | None]) -> None:
            _say_what_is_missing(scores, total)
            advance.append(shown.enter_context(progress("simulating users", total, "visits")))

        def tick(done: int) -> None:
            advance[0](Progress(done, total))

        played = play_simulated(settings, run, tick, with_people=with_people, begins=begins)
    _show(played, *report_of(bench, settings, played.run))


def _say_what_is_missing(scores: Mapping[str, float | None], visits: int) -> None:
    """Say before the first visit what the report will not be able to tell; the loop is played all the same."""
    from core.off_policy.refusals import MINIMUM_ESS
    from core.prediction.evaluate import MINIMUM_CELLS
    from core.simulated_users.visits import SHOWN

    scored = sum(score is not None for score in scores.values())
    if scored < MINIMUM_CELLS:
        say(
            f"{counted(scored, 'served cell')} with a score: the report will have rewards, but whether scores predict "
            f"reactions takes {MINIMUM_CELLS} of them: publish a leaderboard of more cells, and let the "
            "catalog of tips serve them",
            err=True,
        )
    if scores and (each := visits * SHOWN / len(scores)) < MINIMUM_ESS:
        more = f"{math.ceil(MINIMUM_ESS / each)} times as many users"
        say(f"each cell will have about {each:.0f} tips shown, and an interval takes {MINIMUM_ESS}: {more}", err=True)


def _show(played: "Played", report: "PolicyReport", file: str) -> None:
    from resources.policy_reports.text import prediction_text, simulated_text

    counts = played.counts
    before = f", {counts.again} of them played before" if counts.again else ""
    empty = f", {counts.empty} without a tip" if counts.empty else ""
    say(f"{counted(counts.visits, 'visit')} of {counted(played.run.users, 'simulated user')}{before}{empty}")
    cells = sorted(report.cells, key=lambda cell: (-played.rates.get(cell.cell, 0.0), cell.cell))
    print_records([_row(played, cell) for cell in cells], "table")
    say("declared: how often users were to act on a cell's tips; reward: what the log of decisions says of it, 95 %")
    for reason in dict.fromkeys(cell.refused for cell in cells if cell.refused):
        say(f"{counted(sum(cell.refused == reason for cell in cells), 'cell')}: {reason}")
    if all(score is None for score in played.scores.values()):
        say("no served cell has a score for tastes to go by: tipbench doctor says which leaderboards serve tips")
    for sentence in (*prediction_text(report), *simulated_text(report)):
        say(sentence.replace("**", ""))
    say(f"report: {file}")


def _row(played: "Played", cell: "CellReport") -> dict[str, Any]:
    def number(value: float | None) -> str:
        return "–" if value is None else f"{value:.2f}"

    limits = "–" if cell.reward_low is None else f"{number(cell.reward_low)} … {number(cell.reward_high)}"
    return {
        "cell": cell.cell,
        "score": number(cell.score),
        "declared": number(played.rates.get(cell.cell, played.run.base_rate)),
        "drawn": cell.n_drawn,
        "shown": cell.n_shown,
        "acted": cell.n_acted,
        "reward": number(cell.reward),
        "95 %": limits,
    }
