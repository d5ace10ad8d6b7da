"""The report of a day as Dagster makes it: its checks, what it shows, and days that are made afterwards."""

from collections.abc import Iterator

import dagster as dg
import pytest

from assets.policy_reports import policy_reports
from resources.bench_context import BenchContext
from resources.policy_reports.log_checks import CHECKS
from resources.policy_reports.stored import report_days, stored_report
from tests.resources.conftest import bench
from tests.resources.policy_reports.logs import DAY, publish_log

__all__ = ["bench"]


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    """Dagster in memory."""
    with dg.DagsterInstance.ephemeral() as made:
        yield made


def _materialized(
    bench: BenchContext, instance: dg.DagsterInstance, day: str, *, experiment: str | None = None
) -> dg.ExecuteInProcessResult:
    config = {"ops": {"policy_reports": {"config": {"experiment": experiment}}}} if experiment else None
    return dg.materialize(
        [policy_reports],
        partition_key=day,
        resources={"bench": bench},
        instance=instance,
        run_config=config,
        raise_on_error=False,
    )


def _checks(result: dg.ExecuteInProcessResult) -> dict[str, tuple[bool, str]]:
    found = result.get_asset_check_evaluations()
    return {each.check_name: (each.passed, each.severity.value) for each in found}


def test_a_day_is_materialized_with_its_checks(bench: BenchContext, instance: dg.DagsterInstance) -> None:
    """The text, the file and the verdict are what Dagit shows; a check that fails does not stop the report."""
    publish_log(bench.home.storage, {"m/a": 0.5, "m/b": 0.5}, 300, unlogged=1)
    result = _materialized(bench, instance, DAY)
    assert result.success
    assert _checks(result) == {
        name: (name != "log_complete", "WARN" if name == "fallbacks" else "ERROR") for name in CHECKS
    }
    (made,) = result.asset_materializations_for_node("policy_reports")
    assert (made.metadata["decisions"].value, made.metadata["verdict"].value) == (300, "unknown")
    assert str(made.metadata["file"].value).endswith(f"policy_reports/{DAY}.json")
    assert "log_complete: FAILED: 1 served tip without a propensity" in str(made.metadata["report"].value)
    report = stored_report(bench.home.storage, DAY)
    assert report is not None
    assert (report.n_decisions, {check.name for check in report.checks}) == (300, set(CHECKS))


def test_days_before_it_can_be_made_afterwards(bench: BenchContext, instance: dg.DagsterInstance) -> None:
    """A backfill's runs in any order give each day what was published up to it, and again what came since."""
    days = ("2026-11-28", DAY)
    for day in reversed(days):
        assert _materialized(bench, instance, day).success
    publish_log(bench.home.storage, {"m/a": 0.5, "m/b": 0.5}, 60)
    for day in days:
        assert _materialized(bench, instance, day).success
    reports = [stored_report(bench.home.storage, day) for day in days]
    assert [report.n_decisions for report in reports if report] == [0, 60]
    assert report_days(bench.home.storage) == sorted(days, reverse=True)


def test_an_experiment_that_is_not_there_fails_in_a_sentence(bench: BenchContext, instance: dg.DagsterInstance) -> None:
    """The option names it; nothing is stored."""
    publish_log(bench.home.storage, {"m/a": 0.5}, 30)
    result = _materialized(bench, instance, DAY, experiment="tip-bench-none")
    (step,) = [event for event in result.all_events if event.is_step_failure]
    assert step.step_failure_data.error is not None
    assert step.step_failure_data.error.message == "'tip-bench-none' has no published leaderboard"
    assert report_days(bench.home.storage) == []
