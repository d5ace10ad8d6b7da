import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import pandas as pd
import pytest

from contracts.benchmark.tracking import MirrorCell, MirrorRun, TrackingLinks, TrackingUnavailable
from resources.home import Home
from resources.telemetry_optout import opt_out_of_telemetry
from resources.tracking import MlflowTracker
from resources.tracking.tracker import shown
from tests.resources.tracking.conftest import Candidates

opt_out_of_telemetry()


def run_of(**changes: object) -> MirrorRun:
    """Two cells of one experiment, collected."""
    run = MirrorRun(
        experiment="tip-bench-mirror",
        spec_hash="a" * 64,
        status="collected",
        params={"seed": "7", "rubric": "tips@1"},
        cells=(
            MirrorCell(cell=0, model="org/m:1", prompt="terse", params={"model": "org/m:1"}, metrics={"n_text": 2.0}),
            MirrorCell(cell=1, model="template", prompt="terse", params={"model": "template"}, metrics={"n_text": 1.0}),
        ),
    )
    return msgspec.structs.replace(run, **changes)


def everything(home: Home, links: TrackingLinks) -> dict[str, object]:
    """All that MLflow holds of the experiment: runs with params, metric histories, tags, and artifact times."""
    from mlflow import MlflowClient

    client = MlflowClient(f"sqlite:///{home.mlflow / 'mlflow.db'}")
    runs = {}
    for run in client.search_runs([links.experiment_id]):
        histories = {
            name: [(point.value, point.timestamp) for point in client.get_metric_history(run.info.run_id, name)]
            for name in run.data.metrics
        }
        runs[run.info.run_id] = (run.info.status, run.info.end_time, run.data.params, run.data.tags, histories)
    artifacts = home.mlflow / "artifacts"
    files = {str(path): path.stat().st_mtime_ns for path in sorted(artifacts.rglob("*")) if path.is_file()}
    return {"runs": runs, "files": files}


def test_an_address_is_shown_without_its_password() -> None:
    """User and password never leave the settings."""
    assert shown("https://me:hush@tracking.example:5000/x") == "https://tracking.example:5000/x"
    assert shown("sqlite:////a b/mlflow.db") == "sqlite:////a b/mlflow.db"


def test_importing_the_mirror_does_not_import_mlflow() -> None:
    """MLflow costs seconds, so it is imported at the first mirror only."""
    code = "import sys, resources.tracking; sys.exit('mlflow' in sys.modules or 'sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.slow
def test_mlflow_reads_back_what_was_mirrored(home: Home, candidates: Candidates) -> None:
    """A parent run, a child run a cell with params, metrics, status and a table in the form that MLflow shows."""
    from mlflow import MlflowClient

    tips = candidates("c.parquet", [(0, "one"), (0, "two"), (1, "three")])
    links = MlflowTracker(home, None).mirror(run_of(candidates=tips, candidates_hash="1" * 64))
    client = MlflowClient(links.uri)
    assert client.get_experiment(links.experiment_id).name == "tip-bench-mirror"
    parent = client.get_run(links.run_id)
    assert parent.data.params == {"seed": "7", "rubric": "tips@1"}
    assert parent.info.status == "FINISHED"
    children = client.search_runs([links.experiment_id], f"tags.`mlflow.parentRunId` = '{links.run_id}'")
    by_cell = {run.data.tags["tipbench.cell"]: run for run in children}
    assert set(by_cell) == {"org/m:1/terse", "template/terse"}
    child = by_cell["org/m:1/terse"]
    assert child.info.run_name == "org/m:1/terse"
    assert child.data.metrics == {"n_text": 2.0}
    assert child.data.tags["tipbench.status"] == "collected"
    assert [file.path for file in client.list_artifacts(child.info.run_id)] == ["candidates.json"]
    assert json.loads(child.data.tags["mlflow.loggedArtifacts"]) == [{"path": "candidates.json", "type": "table"}]
    with Path(client.download_artifacts(child.info.run_id, "candidates.json")).open() as file:
        table = pd.read_json(file, orient="split")
    assert list(table["text"]) == ["one", "two"]


@pytest.mark.slow
def test_the_same_mirror_again_changes_nothing(home: Home, candidates: Candidates) -> None:
    """No run, param, metric point, tag or artifact is written by a second mirror of the same experiment."""
    home.storage.blobs.put("lake/report.html", b"<p>report</p>")
    tips = candidates("c.parquet", [(0, "one"), (1, "two")])
    run = run_of(candidates=tips, candidates_hash="1" * 64, artifacts=("lake/report.html",))
    first = MlflowTracker(home, None).mirror(run)
    before = everything(home, first)
    again = MlflowTracker(home, None).mirror(run)
    assert again == first
    assert everything(home, again) == before
    assert any(name.endswith("report.html") for name in before["files"])  # type: ignore[attr-defined] # JSON-like


@pytest.mark.slow
def test_only_what_changed_is_written(home: Home, candidates: Candidates) -> None:
    """After judging, one metric and the status are new; of two tables only the changed one is logged again."""
    tracker = MlflowTracker(home, None)
    run = run_of(candidates=candidates("c.parquet", [(0, "one"), (1, "two")]), candidates_hash="1" * 64)
    links = tracker.mirror(run)
    before = everything(home, links)["files"]
    cells = tuple(msgspec.structs.replace(cell, metrics={**cell.metrics, "score": 3.5}) for cell in run.cells)
    later = candidates("d.parquet", [(0, "one"), (1, "two, corrected")])
    judged = msgspec.structs.replace(run, status="judged", cells=cells, candidates=later, candidates_hash="2" * 64)
    assert tracker.mirror(judged) == links
    tracker.mirror(run_of())  # collected again: the status does not go back
    after = everything(home, links)
    assert isinstance(before, dict)
    assert isinstance(after["files"], dict)
    assert isinstance(after["runs"], dict)
    assert [before[name] == after["files"][name] for name in before].count(False) == 1
    assert {tags["tipbench.status"] for _, _, _, tags, _ in after["runs"].values()} == {"judged"}
    histories = [points for *_, points in after["runs"].values() if "score" in points]
    assert len(histories) == 2
    assert all(len(points["n_text"]) == 1 and len(points["score"]) == 1 for points in histories)


@pytest.mark.slow
def test_two_pins_of_one_name_stay_apart(home: Home) -> None:
    """On a shared server an equal name with another pin has runs of its own."""
    tracker = MlflowTracker(home, None)
    one = tracker.mirror(run_of())
    other = tracker.mirror(run_of(spec_hash="b" * 64, params={"seed": "8"}))
    assert one.experiment_id == other.experiment_id
    assert one.run_id != other.run_id


@pytest.mark.slow
def test_a_server_that_is_away_is_one_sentence_without_its_password() -> None:
    """TrackingUnavailable names the address, the experiment and what to do."""
    tracker = MlflowTracker(Home(Path("unused")), "http://me:hush@127.0.0.1:9/")
    with pytest.raises(TrackingUnavailable) as raised:
        tracker.mirror(run_of())
    assert "127.0.0.1:9" in str(raised.value)
    assert "tip-bench-mirror" in str(raised.value)
    assert "hush" not in str(raised.value)


@pytest.mark.slow
def test_a_kill_while_the_database_is_made_leaves_none_behind(home: Home) -> None:
    """A database killed half-made is swept away and made again; what carries its name is whole."""
    path = home.mlflow / "mlflow.db"
    code = f"from pathlib import Path; from resources.tracking import database; database.prepare_database({path!r})"
    child = subprocess.Popen([sys.executable, "-c", code.replace("PosixPath", "Path")], env=dict(os.environ))
    while not list(home.mlflow.glob(".mlflow.db.*")):
        assert child.poll() is None, "the database was made before it could be killed"
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert not path.exists()
    links = MlflowTracker(home, None).mirror(run_of())
    assert links.run_id
    assert [file.name for file in home.mlflow.iterdir()] == ["mlflow.db"]
