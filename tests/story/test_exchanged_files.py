"""A backup that was restored in part: files of one experiment in the place of another's, and the doctor says so."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.story.peers.project import Project

pytestmark = pytest.mark.slow
NAMES = "tip-bench-first", "tip-bench-second"


def _row(scenario: int, text: str, value: int) -> dict[str, Any]:
    said = {"scenario_id": f"s{scenario}", "scenario": {"text": f"Situation {scenario}"}, "tip_index": 0, "text": text}
    return {"model": "m", "prompt": "p", **said, "scores": {"anna": {"help": value}}}


def _adopted(project: Project, name: str, value: int) -> None:
    rubric = project.folder / "rubric.toml"
    rubric.write_text(
        'name = "own"\nversion = "1"\n[scale]\nlow = 1\nhigh = 5\n[[criteria]]\nname = "help"\ndescription = "?"\n'
    )
    rows = [_row(number, f"{name} says {number}.", value) for number in range(6)]
    file = project.folder / f"{name}.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    project("adopt", name, str(file), "--rubric", str(rubric))


def _exchange(first: Path, second: Path) -> None:
    aside = first.with_name(".aside")
    first.rename(aside)
    second.rename(first)
    aside.rename(second)


@pytest.mark.parametrize("kind", ["candidates", "scores"])
def test_files_of_another_experiment_are_found(project: Project, kind: str) -> None:
    """Same names, same sizes and same columns: the doctor names each, and is content again once they are back."""
    for name, value in zip(NAMES, (2, 3), strict=True):
        _adopted(project, name, value)
    assert "experiments" in project("doctor", code=None).out
    lake = [project.home / "lake" / name for name in NAMES]
    parts = [
        sorted(folder.rglob(f"{kind}*/**/*.parquet")) or sorted(folder.rglob(f"{kind}*.parquet")) for folder in lake
    ]
    assert all(len(found) == 1 for found in parts), parts
    (first,), (second,) = parts
    _exchange(first, second)
    said = project("doctor", code=1).out
    for name in NAMES:
        assert f"lake/{name}/{kind}" in said
    assert "is not what was written there: restore it from a backup" in said
    _exchange(first, second)
    assert "is not what was written there" not in project("doctor", code=None).out
