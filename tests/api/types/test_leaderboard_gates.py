"""Gates over the schema: their names once a board, and the scenarios of each with its cell."""

import asyncio
from dataclasses import replace
from typing import Any, cast

import pytest

from api.context import ApiContext
from api.root import admin_schema
from contracts.benchmark.experiments import LeaderboardView
from core.scoring.leaderboard_row import Estimate
from tests.api.memory_services import MemoryServices
from tests.core.choosing.rows import row

SCORED = {
    "clear": Estimate(4.0, None, None),
    "limits": Estimate(0.9, None, None, gate=True, n=30),
    "safe": Estimate(None, None, None, gate=True),
}


class _Experiments:
    """One leaderboard, with the cells that a test gives."""

    def __init__(self, cells: int) -> None:
        self._rows = [row(f"m{number}", criteria=SCORED) for number in range(cells)]

    def leaderboard(self, experiment: str, *_: object) -> LeaderboardView:
        """That one."""
        return LeaderboardView(experiment=experiment, snapshot="0", published_at=None, rows=self._rows)


@pytest.mark.parametrize("cells", [0, 2])
def test_gates_are_named_once_and_counted_by_cell(cells: int) -> None:
    """Null where a gate was not answered; no name before there is a cell."""
    services = MemoryServices()
    given = replace(services.services, experiments=cast("Any", _Experiments(cells)))
    document = '{ leaderboard(experiment: "tip-bench-a") { gates rows { gateScenarios criteria { name } } } }'
    context = ApiContext(given, services.auth.callers["token-admin"], "request-1")
    answer = asyncio.run(admin_schema().execute(document, None, context_value=context))
    assert answer.errors is None, answer.errors
    assert answer.data is not None
    found = answer.data["leaderboard"]
    assert found["gates"] == (["limits", "safe"] if cells else [])
    assert [each["gateScenarios"] for each in found["rows"]] == [[30, None]] * cells
