"""The recommender's part of the app's first screen."""

from typing import Any

from starlette.concurrency import run_in_threadpool

from contracts.access.caller import Caller
from contracts.tips.recommendations import Recommendations


class TipsHome:
    """Implements contracts.modules.home.HomeSection: the tip that stands, which is drawn and logged where none does."""

    def __init__(self, recommendations: Recommendations) -> None:
        self._recommendations = recommendations

    async def __call__(self, caller: Caller, budget_s: float, /) -> Any:  # noqa: ARG002  # a draw takes milliseconds
        """What the caller's screen shows."""
        return await run_in_threadpool(self._recommendations.standing, caller.subject)
