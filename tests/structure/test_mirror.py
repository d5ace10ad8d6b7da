"""Tests stand where their sources stand, and what several of them use stands in a module of its own."""

import ast
from pathlib import Path

from tests.structure.sources import PACKAGES, ROOT, named, tracked, tree_of

CROSS_CUTTING = {
    "tests/resources/test_archived.py": "what is archived is refused by launch, judging, adoption and command line",
}
"""Tests of what several sources do together."""


def _source_of(test: Path) -> Path | None:
    """The module or package that the name begins with: `test_NAME.py`, or `test_NAME_ASPECT.py` for one side of it."""
    folder, words = ROOT / test.relative_to(ROOT / "tests").parent, test.stem.removeprefix("test_").split("_")
    for count in range(len(words), 0, -1):
        name = "_".join(words[:count])
        for source in (folder / f"{name}.py", folder / name / "__init__.py"):
            if source.is_file():
                return source
    return None


def _tests() -> list[Path]:
    return [path for path in tracked("tests/**/test_*.py") if path.relative_to(ROOT).parts[1] in PACKAGES]


def test_a_test_stands_where_its_source_stands() -> None:
    """Each has a module or package at its place in the code, or is listed with the reason."""
    lost = {named(path) for path in _tests() if _source_of(path) is None}
    assert lost == set(CROSS_CUTTING)


def test_no_test_imports_another() -> None:
    """What tests share is in a conftest or a module named for it; stories are chapters of one run and may."""
    found = [
        f"{named(path)}: {node.module}"
        for path in tracked("tests/**/*.py")
        if path.relative_to(ROOT).parts[1] != "story"
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ImportFrom) and ".test_" in f".{node.module}"
    ]
    assert found == []


def test_the_walk_bites() -> None:
    """A name without a source is lost, one with an aspect is not."""
    folder = ROOT / "tests" / "core" / "estimate"
    assert _source_of(folder / "test_bands_of_many.py") == ROOT / "core" / "estimate" / "bands.py"
    assert _source_of(folder / "test_nothing.py") is None
