"""Plays simulated users against the recommender's contract, in the order of a time that passes only here."""

import hashlib
import heapq
import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import NamedTuple, Protocol

from contracts.modules.profile import TEXTS, Consents, Purpose
from contracts.tips.policy_administration import PolicyAdministration
from contracts.tips.recommendations import FeedbackKind, Recommendations, Surface, TipFeedback, TipRequest
from contracts.tips.simulation import SimulatedLog
from core.simulated_users.names import simulated_user
from core.simulated_users.visits import Visit, outcome_of, visits
from kit.times import milliseconds
from resources.simulated_users.run import SimulatedRun

PURPOSES = (Purpose.IMPROVE, Purpose.EXTERNAL_MODEL)
"""What simulated users agree to: there is nothing of theirs to protect, and reports have only those who agreed."""
CHANNEL = "simulator"
"""How their consents were given, which is stored with each."""


class SimulatedTime:
    """Unix seconds that pass only when the player says so."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        """The simulated time now."""
        return self.now


class SeededIds:
    """Ids in the form of random UUIDs that follow from what is being done, so that a run can be had again anywhere."""

    def __init__(self) -> None:
        self._doing, self._number = "", count()

    def begin(self, doing: str) -> None:
        """Let the next ids follow from these words."""
        self._doing, self._number = doing, count()

    def __call__(self) -> str:
        """Return the next id."""
        digest = hashlib.sha256(f"simulated id {self._doing} {next(self._number)}".encode()).digest()
        return str(uuid.UUID(bytes=digest[:16], version=4))


class PlayedModule(Recommendations, PolicyAdministration, SimulatedLog, Protocol):
    """The recommender as the player uses it."""


@dataclass
class PlayedCounts:
    """What was played: visits by what came of them, and by arm how many tips were drawn, shown, acted on, dismissed."""

    visits: int = 0
    again: int = 0
    empty: int = 0
    drawn: Counter[str] = field(default_factory=Counter)
    shown: Counter[str] = field(default_factory=Counter)
    acted: Counter[str] = field(default_factory=Counter)
    dismissed: Counter[str] = field(default_factory=Counter)


class _Said(NamedTuple):
    """A feedback that is due, in the order of its time."""

    at: float
    user: str
    given: TipFeedback


@dataclass(frozen=True, kw_only=True)
class Player:
    """Plays one run: `rate_of` is by arm how often its tips are acted on, `base_rate` that of arms that it lacks.

    `known` is by user and time in milliseconds the decision of each visit that was made before. `tick` is called once
    a visit is done, `new_day` before the first of a day.
    """

    run: SimulatedRun
    module: PlayedModule
    clock: SimulatedTime
    ids: SeededIds
    rate_of: Mapping[str, float]
    known: Mapping[tuple[str, int], str]
    tick: Callable[[int], None]
    new_day: Callable[[], None]
    counts: PlayedCounts = field(default_factory=PlayedCounts)
    _due: list[_Said] = field(default_factory=list)

    def play(self) -> PlayedCounts:
        """Make all visits and say what users do then; what was played before changes nothing."""
        day = -1
        for visit in visits(self.run.users, self.run.days, self.run.seed, self.run.since):
            if visit.day != day:
                day = visit.day
                self.new_day()
            self._say_until(visit.at)
            self._visited(visit)
            self.tick(self.counts.visits)
        self._say_until(float("inf"))
        self.new_day()
        return self.counts

    def _visited(self, visit: Visit) -> None:
        user, counts = simulated_user(self.run.name, visit.user), self.counts
        self.clock.now = visit.at
        known = self.known.get((user, milliseconds(visit.at)))
        counts.visits += 1
        if known is not None:
            counts.again += 1
            served = self.module.decision_view(known).tips
            tips = [(each.tip, f"{each.model}/{each.prompt}") for each in served]
            decision = known
        else:
            self.ids.begin(f"{user} {visit.day} asks")
            made = self.module.recommend(user, TipRequest(surface=Surface.PAGE))
            tips = [(each.tip, f"{each.cell.model}/{each.cell.prompt}") for each in made.tips]
            decision = made.decision
        counts.empty += not tips
        for tip, arm in tips:
            counts.drawn[arm] += 1
            self._reacts(visit, user, decision, tip, arm)

    def _reacts(self, visit: Visit, user: str, decision: str, tip: str, arm: str) -> None:
        found = outcome_of(self.run.seed, visit.user, visit.day, self.rate_of.get(arm, self.run.base_rate))
        for kind, after, tally in (
            (FeedbackKind.SHOWN, found.shown, self.counts.shown),
            (FeedbackKind.ACTED, found.acted, self.counts.acted),
            (FeedbackKind.DISMISSED, found.dismissed, self.counts.dismissed),
        ):
            if after is not None:
                tally[arm] += 1
                given = TipFeedback(decision=decision, tip=tip, event=kind, id=f"{user}-{visit.day}-{kind}")
                heapq.heappush(self._due, _Said(visit.at + after, user, given))

    def _say_until(self, at: float) -> None:
        while self._due and self._due[0].at <= at:
            said = heapq.heappop(self._due)
            self.clock.now = said.at
            self.ids.begin(said.given.id)
            self.module.feedback(said.user, said.given)


def agree_to_all(consents: Consents, run: SimulatedRun, clock: SimulatedTime, ids: SeededIds) -> None:
    """Give every simulated user's consents, at the beginning of the run; the same again changes nothing."""
    clock.now = run.since
    for number in range(run.users):
        user = simulated_user(run.name, number)
        for purpose in PURPOSES:
            ids.begin(f"{user} agrees {purpose}")
            consents.decide(user, purpose, given=True, version=TEXTS[purpose].version, channel=CHANNEL)
