"""What the recommender tells a simulator of its log, so that one goes on where it stopped and mixes with nobody."""

from collections.abc import Mapping
from typing import Protocol


class SimulatedLog(Protocol):
    """The decisions of simulated users; each call raises contracts.refusals.Unavailable while the database is away."""

    def has_people(self) -> bool:
        """Return whether there is a decision of a user who is not simulated."""
        ...

    def simulated_decisions(self) -> Mapping[tuple[str, int], str]:
        """Return the ids of decisions of simulated users, by user and the time in whole milliseconds."""
        ...
