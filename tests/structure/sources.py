"""The files that the shape rules are about, as Git knows them, and their parsed text."""

import ast
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
    """Return the parsed file."""
    return ast.parse(path.read_text("utf-8"))


def named(path: Path) -> str:
    """Return the path as the rules' lists write it."""
    return path.relative_to(ROOT).as_posix()


def functions(path: Path) -> Iterator[Function]:
    """Yield every function of a file, methods and nested ones too."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, Function):
            yield node
