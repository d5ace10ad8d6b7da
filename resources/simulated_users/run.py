"""The run of simulated users that a home has: declared once, so that the same command goes on where it stopped."""

from typing import Annotated

import msgspec

from contracts.refusals import Conflict
from contracts.storage import Blobs, Fence
from core.canonical import content_hash
from core.simulated_users.tastes import Relation, Tastes
from resources.lake.broken import read_value
from resources.storage.files import pretty

KEY = "recommender/simulated-users.json"
MOST_USERS, MOST_DAYS = 5_000, 28


class OtherRun(Conflict):
    """The home has simulated users of another kind, and a report of both would say nothing."""


class SimulatedRun(msgspec.Struct, frozen=True, kw_only=True):
    """What simulated users are: their tastes, and how many on how many days from `since` (Unix seconds) on."""

    simulated: bool = True
    relation: Relation
    strength: float
    base_rate: float
    users: Annotated[int, msgspec.Meta(ge=1, le=MOST_USERS)]
    days: Annotated[int, msgspec.Meta(ge=1, le=MOST_DAYS)]
    seed: int
    since: float

    @property
    def tastes(self) -> Tastes:
        """Return the tastes of all users of the run."""
        return Tastes(relation=self.relation, strength=self.strength, base_rate=self.base_rate)

    @property
    def name(self) -> str:
        """Return a name of 8 hex digits that is another one for any other run."""
        return content_hash(self)[:8]


def declared_run(blobs: Blobs) -> SimulatedRun | None:
    """Return the run that the home has, None without one; raise LakeBroken."""
    return read_value(blobs, KEY, SimulatedRun)


def declare(blobs: Blobs, wanted: SimulatedRun, fence: Fence) -> SimulatedRun:
    """Return the run that is to be played: the declared one, or `wanted`, which is declared by this.

    One of the same options goes on with the days on which it began. Raise OtherRun for another one.
    """
    known = declared_run(blobs)
    run = wanted if known is None else msgspec.structs.replace(wanted, since=known.since)
    if known is not None and run != known:
        raise OtherRun(
            f"this home has simulated users already, whose tastes {_says(known)}: use the same options to go on, or "
            "another project, for a report of both would say nothing",
            ("relation",),
        )
    if known is None:
        blobs.put(KEY, pretty(run), fence)
    return run


def _says(run: SimulatedRun) -> str:
    words = {Relation.AGREE: "agree with the judges", Relation.DISAGREE: "disagree with the judges"}
    kind = words.get(run.relation, "are unrelated to the judges")
    numbers = f"strength {run.strength:g}, base rate {run.base_rate:g}, seed {run.seed}"
    return f"{kind} ({run.users} users on {run.days} days, {numbers})"
