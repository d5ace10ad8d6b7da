"""Homes that the interface works on, without the processes that record and mirror what it makes."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

import tipbench
import wiring.bench_context
from tests.resources.conftest import NoTracker
from wiring.operations import chain

NAME = "tip-bench-python"


@pytest.fixture(scope="package", autouse=True)
def _no_processes() -> Iterator[None]:
    """What is made stays queued and is mirrored nowhere."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chain, "start_recorder", lambda _home: None)
        patch.setattr(wiring.bench_context, "SubprocessTracker", lambda *_: NoTracker())
        yield


@pytest.fixture(scope="package")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project folder with the packaged catalog, whose home holds one published experiment.

    Its run is called within an event loop, as a notebook's cell is.
    """
    folder = tmp_path_factory.mktemp("project")
    (folder / "tipbench.toml").touch()

    async def cell() -> tipbench.Published:
        options = {"models": ["template"], "prompts": ["terse", "coach"], "n_scenarios": 6, "n_tips": 1}
        bench = tipbench.open(folder / "home", folder)
        return bench.run(NAME, judges="heuristics", progress=False, **options)  # type: ignore[arg-type]  # by name

    published = asyncio.run(cell())
    assert published.report is not None
    assert published.report.is_file()
    assert published.notes[:2] == (
        f"{NAME}: pinned 2 cells × 6 scenarios × 1 tip",
        "12 of 12 generations are final, 0 failed or refused, 0 USD spent",
    )
    return folder


@pytest.fixture
def bench(project: Path) -> tipbench.Bench:
    """The benchmark of that project."""
    return tipbench.open(project / "home", project)
