"""Asset checks: what must hold before a leaderboard may be trusted."""

from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from api.context import Info
from api.fields import query
from api.types.node import accepts
from contracts.access.caller import Role
from core.scoring.checks import CheckResult


@strawberry.type(description="One check's outcome on what the lake holds now.")
class AssetCheck:
    """Shows core.scoring.checks.CheckResult."""

    is_type_of = accepts(CheckResult)

    name: str = strawberry.field(description="Name of the check.")
    passed: bool = strawberry.field(description="Whether it holds.")
    severity: str = strawberry.field(description="error or warning.")
    message: str = strawberry.field(description="What was seen.")
    numbers: JSON = strawberry.field(description="What it counted, by name.")


class CheckQueries:
    """Root fields of the query."""

    @query(Role.ADMIN, "Every asset check of an experiment, evaluated now.", gives=list[AssetCheck], weight=30_000)
    async def asset_checks(
        self, info: Info, experiment: Annotated[str, strawberry.argument(description="The experiment's name.")]
    ) -> list[CheckResult]:
        """Return the results of an experiment's checks, in the order of the graph."""
        return await info.context.compute(info.context.services.experiments.checks, experiment)
