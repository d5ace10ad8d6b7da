"""The asset checks, each evaluated for one experiment as Dagster has it done."""

from pathlib import Path

import dagster as dg

from assets.checks import CHECKS
from core.benchmark.spec import Options
from resources.announcements.failed_checks import check_records
from resources.collect.launch import launch
from resources.home import Home
from tests.resources.conftest import benched

NAME = "tip-bench-checked"


def test_what_fails_in_dagster_is_on_record(tmp_path: Path) -> None:
    """As of the command: once for the same data, and nothing of a check that passes."""
    bench = benched(Home(tmp_path / "home"))
    launch(bench, NAME, Options(prompts=("terse",)), ["heuristics"], by_default=True)
    checks = {check.node_def.name: check for check in CHECKS}
    for name in ("candidates_complete", "candidates_unique", "candidates_complete"):
        with dg.build_op_context(partition_key=NAME) as context:
            found = checks[name](context, bench=bench)
        assert isinstance(found, dg.AssetCheckResult)
        assert found.passed == (name == "candidates_unique")
    assert [(each.check, each.passed) for _, each in check_records(bench.home, NAME)] == [("complete", False)]
