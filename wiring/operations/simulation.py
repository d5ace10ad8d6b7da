"""Plays simulated users on the modules of a home: on a simulated time, with events whose source says so."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import msgspec
import sqlalchemy as sa

from contracts.modules.database import Transaction
from contracts.modules.events import Bus, Event
from contracts.refusals import Conflict
from contracts.tips.policy_report import PolicyReport
from core.expected_error import OperatorError
from core.simulated_users.tastes import rates
from kit.times import day_of, utc_now
from resources.bench_context import BenchContext
from resources.policy_reports.report import make_report
from resources.policy_reports.stored import store_report
from resources.simulated_users.player import (
    PlayedCounts,
    PlayedModule,
    Player,
    SeededIds,
    SimulatedTime,
    agree_to_all,
)
from resources.simulated_users.run import KEY, SimulatedRun, declare
from wiring.database import open_database, opening
from wiring.keys import home_keys
from wiring.modules import TIPS, tip_settings
from wiring.modules.auth import build_auth
from wiring.modules.events import URL, Events, build_events
from wiring.modules.running import RunningModules
from wiring.modules.signals import publish_decisions_of
from wiring.settings import Settings

SOURCE = "/simulator"
"""The source of all events of simulated users."""
DAY_S = 86_400.0


class PeopleInTheLog(Conflict):
    """Decisions of people are in the log, which those of simulated users would be mixed with."""


class BrokerDelivers(OperatorError):
    """Events of this home are delivered by a broker and not by the process that makes them."""


@dataclass(frozen=True)
class SimulatorBus:
    """Implements contracts.modules.events.Bus over another one: what is published says that it was simulated."""

    bus: Bus

    def publish(self, transaction: Transaction, event: Event) -> None:
        """Publish with the simulator as the source."""
        self.bus.publish(transaction, msgspec.structs.replace(event, source=SOURCE))


@dataclass(frozen=True, kw_only=True)
class Played:
    """What came of a run: its declaration, by arm the score and the rate at which users were to act, and counts."""

    run: SimulatedRun
    scores: Mapping[str, float | None]
    rates: Mapping[str, float]
    counts: PlayedCounts


def settled_since(settings: Settings, days: int, now: float) -> float:
    """Return when so many simulated days begin, in Unix seconds, so that all that is done in them is settled by now.

    They end at midnight in UTC, twice the hours of a reward ago or earlier.
    """
    reward_within_hours = tip_settings(settings.module_settings).drawing().reward_within_hours
    settled_days = math.ceil(2 * reward_within_hours / 24)
    return now - now % DAY_S - DAY_S * (days + settled_days)


def play_simulated(
    settings: Settings,
    wanted: SimulatedRun,
    tick: Callable[[int], None],
    *,
    with_people: bool = False,
    begins: Callable[[Mapping[str, float | None]], None] = lambda _: None,
) -> Played:
    """Make the visits of a run on the home of the settings, or go on with them, `tick` being called after each.

    `begins` is called before the first with the score of each served cell.

    Raise PeopleInTheLog unless they may be allowed `with_people`, OtherRun, BrokerDelivers, and LeaseHeld while another
    process does this. The home may be served meanwhile.
    """
    if settings.keys.get(URL, "").strip():
        raise BrokerDelivers(f"{URL} is set: simulate users in a project whose events need no broker, without it")
    with opening():
        database = open_database(settings.home, settings.database_url)
    storage = settings.home.storage
    try:
        with storage.leases.hold(f"{KEY}.lock", purpose="simulating users", now=utc_now()) as fence:
            clock, ids = SimulatedTime(wanted.since), SeededIds()
            modules, events = _simulated_modules(settings, database, clock, ids)
            module: PlayedModule = modules.service(TIPS.name)
            if not with_people and module.has_people():
                raise PeopleInTheLog(
                    "this home has decisions of people, which simulated ones would be mixed with: simulate in another "
                    "project, or insist with --with-people",
                    ("with_people",),
                )
            run = declare(storage.blobs, wanted, fence)
            agree_to_all(modules.people, run, clock, ids)
            events.deliver()
            scores = {f"{arm.model}/{arm.prompt}": arm.score for arm in module.policy_states()[0].arms}
            begins(scores)
            player = Player(
                run=run,
                module=module,
                clock=clock,
                ids=ids,
                rate_of=rates(run.tastes, scores, run.seed),
                known=module.simulated_decisions(),
                tick=tick,
                new_day=events.deliver,
            )
            return Played(run=run, scores=scores, rates=player.rate_of, counts=player.play())
    finally:
        database.dispose()


def report_of(bench: BenchContext, settings: Settings, run: SimulatedRun) -> tuple[PolicyReport, str]:
    """Publish the decisions of a home, and return the stored report of the run's last day and where it is."""
    publish_decisions_of(settings)
    report = make_report(bench, day_of(run.since + run.days * DAY_S - 1))
    return report, bench.home.shown(store_report(bench.home.storage, report))


def _simulated_modules(
    settings: Settings, database: sa.Engine, clock: SimulatedTime, ids: SeededIds
) -> tuple[RunningModules, Events]:
    """The modules of the home on the simulated time, and delivery to their consumers."""
    keys = home_keys(settings.home)
    events = build_events(settings, database, keys.sealer)
    modules = RunningModules(
        settings.home,
        database,
        build_auth(settings, database),
        SimulatorBus(events.bus),
        keys.sealer,
        clock=clock,
        tables=settings.module_settings,
        variables=settings.keys,
        egress_exceptions=settings.up.egress_exceptions,
        layers=settings.layers,
        ids=ids,
    )
    events.consume(*modules.consumers)
    return modules, events
