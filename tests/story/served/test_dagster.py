"""The graph in Dagster: its shape, and the same result from Dagit's endpoints as from the command line."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from assets.partitions import experiments
from resources.bench_context import BenchContext
from resources.dagster.instance import prepare_instance
from resources.lake.leaderboards import read_published
from tests.story.peers.project import recorded_here
from tests.whole_answers import whole_answer
from wiring.bench_context import build_bench_context
from wiring.cli.progress import log_progress
from wiring.dagster.graph import build_graph
from wiring.settings import read_settings

pytestmark = pytest.mark.slow
SNAPSHOT = Path(__file__).parents[2] / "golden" / "graph.json"
NAME = "tip-bench-dagit"


@pytest.fixture
def bench(project: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[BenchContext]:
    """The benchmark context of the project, and its Dagster home in the environment."""
    with recorded_here():
        built = build_bench_context(read_settings(project.environ, project.folder, None), log_progress)
    monkeypatch.setenv("DAGSTER_HOME", str(built.home.dagster))
    prepare_instance(built.home)
    yield built
    built.tracker.close()


def _materialize(bench: BenchContext, config: dict[str, Any] | None, *, job: str = "benchmark") -> Any:
    run_config = {"ops": {"candidates": {"config": config}}} if config else {}
    with dg.DagsterInstance.get() as instance:
        instance.add_dynamic_partitions(experiments.name or "", [NAME])
        definition = build_graph(bench).resolve_job_def(job)
        return definition.execute_in_process(
            instance=instance, partition_key=NAME, run_config=run_config, raise_on_error=False
        )


def _shape(bench: BenchContext) -> dict[str, Any]:
    graph = build_graph(bench)
    repository = graph.get_repository_def()
    keys = sorted(repository.asset_graph.get_all_asset_keys(), key=lambda key: key.to_user_string())
    checks = [check for key in keys for check in repository.asset_graph.get_check_keys_for_assets({key})]
    return {
        "assets": {
            key.to_user_string(): {
                "after": sorted(k.to_user_string() for k in repository.asset_graph.get(key).parent_keys),
                "partitioned": _partition(repository.asset_graph.get(key).partitions_def),
            }
            for key in keys
        },
        "checks": sorted(
            f"{check.asset_key.to_user_string()}.{check.name}"
            + (" blocking" if repository.asset_graph.get_check_spec(check).blocking else "")
            for check in checks
        ),
        "jobs": sorted(name for name in repository.job_names if not name.startswith("__")),
        "schedules": sorted(f"{one.name} {one.cron_schedule} {one.job_name}" for one in repository.schedule_defs),
        "sensors": sorted(sensor.name for sensor in repository.sensor_defs),
    }


def _partition(definition: Any) -> str | None:
    """What a partition of an asset is, by its name where that is given."""
    return "day" if isinstance(definition, dg.DailyPartitionsDefinition) else getattr(definition, "name", None)


def _requests(said: Any) -> list[dg.RunRequest]:
    return [entry for entry in said if isinstance(entry, dg.RunRequest)]


def test_the_shape_of_the_graph(bench: BenchContext) -> None:
    """Assets, their order and partitions, checks, jobs and sensors are what the committed snapshot says."""
    assert _shape(bench) == json.loads(SNAPSHOT.read_text())


def test_the_launchpad_pins_and_the_command_line_agrees(project: Any, bench: BenchContext, server: Any) -> None:
    """A materialization with options pins them; the command line then pays nothing and publishes the same data."""
    options = {"models": ["plain", "template"], "prompts": ["terse"], "n_scenarios": 9, "judges": ["heuristics"]}
    result = _materialize(bench, options)
    assert result.success
    published = read_published(bench.home, NAME)
    assert published is not None
    metadata = result.asset_materializations_for_node("leaderboards")[0].metadata
    assert "data:image/svg+xml;base64," in metadata["plot"].value
    assert "plain" in metadata["leaderboard"].value
    assert result.success
    requested = sum(server.requested.values())
    rows = project("run", NAME) and project("leaderboard", NAME, "--format", "json").json()
    assert sum(server.requested.values()) == requested
    assert rows[0]["data_hash"] == published.data_hash
    again = _materialize(bench, None)
    assert again.success
    current = read_published(bench.home, NAME)
    assert current is not None
    assert current.data_hash == published.data_hash


def test_a_backfill_of_a_name_without_a_pin_is_one_sentence(bench: BenchContext) -> None:
    """A partition that nobody launched fails and says how to launch it."""
    result = _materialize(bench, None)
    assert not result.success
    failure = result.failure_data_for_node("candidates")
    assert failure is not None
    assert f"{NAME} has no pinned spec" in (failure.user_failure_data.description or "")
    assert failure.error is not None
    assert failure.error.message.startswith(f"{NAME} has no pinned spec")
    assert failure.error.stack == []


def test_other_options_in_the_launchpad_are_refused(project: Any, bench: BenchContext) -> None:
    """A differing override fails and names the field."""
    project("run", NAME, "--models", "template", "--prompts", "terse", "--n-scenarios", "9")
    result = _materialize(bench, {"n_tips": 7})
    failure = result.failure_data_for_node("candidates")
    assert "n_tips" in (failure.user_failure_data.description or "")


def test_transient_failures_block_what_comes_after(bench: BenchContext, server: Any) -> None:
    """While generations are left the blocking check stops exports, scores and the leaderboard."""
    server.broken = True
    result = _materialize(bench, {"models": ["plain"], "prompts": ["terse"], "n_scenarios": 9})
    assert not result.success
    checked = {e.asset_check_evaluation_data.check_name: e.asset_check_evaluation_data.passed
               for e in result.all_events if e.event_type_value == "ASSET_CHECK_EVALUATION"}  # fmt: skip
    assert checked["complete"] is False
    assert not result.asset_materializations_for_node("leaderboards")


def test_the_sensor_takes_a_file_renamed_into_the_inbox(project: Any, bench: BenchContext) -> None:
    """A waiting file asks for one publishing run of its experiment, a half-written one for none."""
    project("run", NAME, "--models", "template", "--prompts", "terse", "--n-scenarios", "9")
    folder = project.export(NAME, "agent")
    rubric = json.loads((folder / "rubric.json").read_text())
    lines = [
        json.dumps(
            {
                "item": json.loads(line)["item"],
                "rubric": f"{rubric['name']}@{rubric['version']}",
                "scores": whole_answer(rubric, 3),
            }
        )
        for line in (folder / "items.jsonl").read_text().splitlines()
    ]
    inbox = bench.home.inbox(NAME)
    inbox.mkdir(parents=True, exist_ok=True)
    partial = inbox / "scores.jsonl.part"
    partial.write_text("\n".join(lines) + "\n")
    sensor = build_graph(bench).get_repository_def().get_sensor_def("inbox")
    with dg.DagsterInstance.get() as instance:
        context = dg.build_sensor_context(instance=instance)
        assert _requests(sensor(context)) == []
        partial.rename(inbox / "scores.jsonl")
        requests = _requests(sensor(context))
    assert [request.partition_key for request in requests] == [NAME]
    assert _materialize(bench, None, job="publish").success
    published = read_published(bench.home, NAME)
    assert published is not None
    assert sum(row.n_scored for row in published.rows) == 9
    assert [path.name for path in (inbox / "imported").iterdir()] == ["scores.jsonl"]
