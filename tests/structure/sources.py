"""The files that the shape rules are about, as Git knows them, and their parsed text."""

import ast
import gc
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("api", "assets", "contracts", "core", "kit", "resources", "services", "tipbench", "wiring")
Function = ast.FunctionDef | ast.AsyncFunctionDef


def tracked(*patterns: str) -> list[Path]:
    """Return the files that Git has or would take, of these patterns."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / line for line in dict.fromkeys(listed.stdout.splitlines()) if (ROOT / line).is_file()]


@cache
def sources() -> tuple[Path, ...]:
    """Return the Python files of the packages."""
    return tuple(path for path in tracked("*.py") if path.relative_to(ROOT).parts[0] in PACKAGES)


@cache
def tree_of(path: Path) -> ast.Module:
    """Return the parsed file; it stays to the end, so the garbage collector need not walk through all of them again."""
    gc.disable()
    try:
        return ast.parse(path.read_text("utf-8"))
    finally:
        gc.freeze()
        gc.enable()


@cache
def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    """Return every node of a file, as `ast.walk` finds them."""
    return tuple(ast.walk(tree_of(path)))


def named(path: Path) -> str:
    """Return the path as the rules' lists write it."""
    return path.relative_to(ROOT).as_posix()


def functions(path: Path) -> Iterator[Function]:
    """Return every function of a file, methods and nested ones too."""
    return (node for node in nodes_of(path) if isinstance(node, Function))
