"""No module of the repository imports itself by a detour, in a function or for the type checker alone either."""

import ast
from collections.abc import Collection, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.structure.sources import ROOT, tracked, tree_of


def _module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _imported(tree: ast.Module, known: Collection[str]) -> Iterator[str]:
    """Modules of the repository that the source names, wherever in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        if isinstance(node, ast.ImportFrom) and node.module in known:
            whole = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if name in known else str(node.module) for name in whole)


def _circle(imports: Mapping[str, Collection[str]]) -> list[str]:
    """The modules of a circle, each before one that imports it, the first also last; none where there is no circle."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        found: list[str] = error.args[1]
        return found
    return []


def test_no_import_goes_in_a_circle() -> None:
    """Code and tests alike; imports inside functions and under TYPE_CHECKING count."""
    modules = {_module_of(path): path for path in tracked("*.py")}
    imports = {name: set(_imported(tree_of(path), modules)) for name, path in modules.items()}
    assert sum(map(len, imports.values())) > len(modules)
    assert _circle(imports) == []


@pytest.mark.parametrize(
    "source",
    [
        "import a.c",
        "from a import c",
        "from a.c import name",
        "def late():\n    import a.c",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from a.c import Name",
    ],
)
def test_the_walk_bites(source: str) -> None:
    """A circle of two is found whichever way one of them imports the other."""
    known = {"a", "a.b", "a.c"}
    found = set(_imported(ast.parse(source), known))
    assert found == {"a.c"}
    assert set(_circle({"a.b": found, "a.c": {"a.b"}})) == {"a.b", "a.c"}
    assert _circle({"a.b": found, "a.c": {"a"}}) == []
