"""Reports of the asset policy_reports over the schema."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

from api.context import ApiContext
from api.root import admin_schema
from resources.policy_reports.stored import StoredPolicyReports, store_report
from tests.api.memory_services import MemoryServices
from tests.contracts.backends import BACKENDS
from tests.resources.policy_reports.reports import a_report

SHOWN = """{ pageInfo { hasNextPage endCursor } totalCount nodes {
  day since experiment nDecisions nOpen fallbackShare shownP checks { name passed message }
  prediction { nCells slope slopeLow rankCorrelation verdict refused }
  cells { cell score scoreLow unscored nDrawn nShown shownShare reward rewardHigh refused
    estimates { estimator value low high ess meanWeight refused } } } }"""


def test_a_report_has_all_that_a_page_shows_of_it(tmp_path: Path) -> None:
    """Scores and rewards with their intervals, estimates, checks, and what is missing for the slope; newest first."""
    storage = BACKENDS["memory"](tmp_path)
    for day in ("2026-11-27", "2026-11-28"):
        store_report(storage, a_report(day))
    services = MemoryServices()
    given = replace(services.services, policy_reports=StoredPolicyReports(storage))

    def answer(document: str) -> Any:
        context = ApiContext(given, services.auth.callers["token-admin"], "request-1")
        found = asyncio.run(admin_schema().execute(document, None, context_value=context))
        assert found.errors is None, found.errors
        return found.data["policyReports"]  # type: ignore[index]  # there are no errors

    page = answer(f"{{ policyReports {SHOWN} }}")
    (report,) = page["nodes"]
    assert (report["day"], page["pageInfo"]["hasNextPage"], page["totalCount"]) == ("2026-11-28", True, 2)
    assert report["checks"] == [{"name": "propensities", "passed": True, "message": "as drawn"}]
    found = report["prediction"]
    assert (found["nCells"], found["slope"], found["verdict"]) == (0, None, "UNKNOWN")
    assert "of at least 8" in found["refused"]
    (cell,) = report["cells"]
    assert (cell["cell"], cell["score"], cell["reward"], cell["shownShare"]) == ("m/p", 4.0, 0.5, 0.75)
    assert [(each["estimator"], each["ess"], each["high"]) for each in cell["estimates"]] == [("dr", 2.5, 0.6)]
    after = page["pageInfo"]["endCursor"]
    assert [each["day"] for each in answer(f'{{ policyReports(after: "{after}") {SHOWN} }}')["nodes"]] == ["2026-11-27"]
