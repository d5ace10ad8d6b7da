"""Following one experiment: an event whenever anything of it changed."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

import strawberry

from api.context import Info, in_thread
from api.fields import field, subscription
from api.types.experiments import Experiment
from contracts.access.caller import Role
from contracts.benchmark.experiments import ExperimentView
from contracts.refusals import NotFound

POLL_S, PAUSE_S = 0.25, 1.0
"""Seconds between two looks while nothing changes, and after an event: a run changes its record all the time."""


@strawberry.type(description="An experiment after a change.")
class ExperimentUpdate:
    """One event of an experiment that is followed."""

    view: strawberry.Private[ExperimentView]
    cursor: str = strawberry.field(description="Give it as `after`: the first event then comes at the next change.")

    @field("As it is now.", gives=Experiment)
    def experiment(self) -> ExperimentView:
        """Return the experiment as read for this event."""
        return self.view


class UpdateSubscriptions:
    """Root fields of the subscription."""

    @subscription(Role.ADMIN, "The experiment now, and again after every change.", gives=ExperimentUpdate)
    async def experiment_updated(
        self,
        info: Info,
        name: Annotated[str, strawberry.argument(description="The experiment's name.")],
        after: Annotated[str | None, strawberry.argument(description="The cursor of the last event seen.")] = None,
    ) -> AsyncIterator[ExperimentUpdate]:
        """Yield one event for all changes between two reads; raise NotFound for an unknown experiment."""
        reads, seen = info.context.services.experiments, after
        while True:
            await info.context.look()
            if await in_thread(reads.version, name) != seen:
                view = (await in_thread(reads.by_names, [name]))[0]
                if view is None:
                    raise NotFound(f"no experiment is called {name!r}", ("name",))
                if view.version != seen:
                    seen = view.version
                    info.context.forget()
                    yield ExperimentUpdate(view=view, cursor=view.version)
                    await asyncio.sleep(PAUSE_S - POLL_S)
            await asyncio.sleep(POLL_S)
