"""`tipbench simulate-users`: users that this program plays, so that the loop can be seen without people."""

import time
from typing import TYPE_CHECKING, Any

import click

from core.plurals import counted
from core.simulated_users.tastes import Relation, Tastes
from wiring.cli.context import settings_of
from wiring.cli.output import print_records
from wiring.cli.progress import progress
from wiring.cli.terminal import say

if TYPE_CHECKING:
    from wiring.operations.simulation import Played

MOST_USERS, MOST_DAYS, MOST_VISITS = 5_000, 28, 50_000
TASTES = click.Choice([relation.value for relation in Relation])


@click.command("simulate-users")
@click.option("--tastes", type=TASTES, default="agree", show_default=True, help="With the judges' scores of the cells.")
@click.option("--strength", type=float, default=0.2, show_default=True, help="How far tastes move the rate of acting.")
@click.option("--base-rate", type=float, default=0.3, show_default=True, help="Share of tips acted on, of all cells.")
@click.option("--users", type=click.IntRange(1, MOST_USERS), default=100, show_default=True, help="How many there are.")
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
    Stopped and given again with the same options, the command goes on where it was.
    """
    from resources.collect.progress import Progress
    from resources.simulated_users.run import SimulatedRun
    from wiring.operations.simulation import play_simulated, settled_since

    if users * days > MOST_VISITS:
        raise click.UsageError(f"{users} users on {days} days are {users * days} visits: at most {MOST_VISITS}")
    chosen = Tastes(relation=Relation(tastes), strength=strength, base_rate=base_rate)
    settings = settings_of(ctx)
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
    with progress("simulating users", total, "visits") as advance:
        played = play_simulated(settings, run, lambda done: advance(Progress(done, total)), with_people=with_people)
    _show(played)


def _show(played: "Played") -> None:
    counts = played.counts
    before = f", {counts.again} of them played before" if counts.again else ""
    empty = f", {counts.empty} without a tip" if counts.empty else ""
    say(f"{counted(counts.visits, 'visit')} of {counted(played.run.users, 'simulated user')}{before}{empty}")
    print_records(
        [_row(played, arm) for arm in sorted(counts.drawn, key=lambda arm: -played.rates.get(arm, 0))], "table"
    )
    say("nobody was asked: `rate` is what was declared for these users, who are a program's")
    if all(score is None for score in played.scores.values()):
        say("no cell has a score, so that tastes can neither agree nor disagree: publish a leaderboard first")


def _row(played: "Played", arm: str) -> dict[str, Any]:
    counts, score = played.counts, played.scores.get(arm)
    return {
        "cell": arm,
        "score": "–" if score is None else f"{score:.3f}",
        "rate": f"{played.rates.get(arm, played.run.base_rate):.3f}",
        "drawn": counts.drawn[arm],
        "shown": counts.shown[arm],
        "acted": counts.acted[arm],
        "dismissed": counts.dismissed[arm],
    }
