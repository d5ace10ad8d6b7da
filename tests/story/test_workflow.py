"""The workflow to copy does what it says: collected on one machine, judged, imported and held to limits on another."""

import json
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # comes with Dagster, without type hints

from tests.story.peers.project import Project, Result
from tests.whole_answers import whole_answer

pytestmark = pytest.mark.slow
WORKFLOW = Path(__file__).parents[2] / "ci" / "tipbench-check.yml"
JOBS: dict[str, Any] = yaml.safe_load(WORKFLOW.read_text("utf-8"))["jobs"]
NAME = "tip-bench-ci-1"


def _do(project: Project, job: str, command: str, code: int) -> Result:
    """Run the job's command line as it stands, but for the embedded model."""
    (line,) = (step["run"] for step in JOBS[job]["steps"] if f"bin/tipbench {command} " in step.get("run", ""))
    given = {"$EXPERIMENT": NAME, "$SCORES": "scores.jsonl", "template,gemma3-270m": "template"}
    return project(*(given.get(word, word) for word in shlex.split(line)[1:]), code=code)


def _judge(project: Project, value: int) -> None:
    folder = project.export(NAME, "team")
    ref = json.loads((folder / "manifest.json").read_text())["rubric"]
    rubric = json.loads((folder / "rubric.json").read_text())
    with (project.folder / "scores.jsonl").open("w") as file:
        for number, line in enumerate((folder / "items.jsonl").read_text().splitlines()):
            scores = whole_answer(rubric, value - number % 2)
            file.write(json.dumps({"item": json.loads(line)["item"], "rubric": ref, "scores": scores}) + "\n")


@pytest.mark.parametrize(("value", "code"), [(5, 0), (2, 1)])
def test_a_change_of_the_catalog_is_held_to_what_people_say(project: Project, value: int, code: int) -> None:
    """Nothing is wrong with the tips; without scores the limits fail; good scores pass and bad ones do not."""
    _do(project, "collect", "run", 0)
    _do(project, "collect", "check", 0)
    without = _do(project, "judged", "check", 1)
    assert "no" in without.out
    for name in ("keys", "user-keys"):
        shutil.rmtree(project.home / name, ignore_errors=True)
    _judge(project, value)
    _do(project, "judged", "import", 0)
    _do(project, "judged", "check", code)
    _do(project, "judged", "report", 0)
    assert (project.folder / "report.html").exists()
