"""What importing the package loads, what it offers, and the examples of the documents."""

import ast
import asyncio
import inspect
import json
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

import tipbench
from tests.deadline import DEADLINE_S
from wiring.python_keywords import keywords

ROOT = Path(__file__).parents[2]
HEAVY = ("aiohttp", "click", "dagster", "duckdb", "mlflow", "numpy", "pandas", "pyarrow", "resources", "wiring")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project folder, the current one."""
    (tmp_path / "tipbench.toml").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TIPBENCH_HOME", raising=False)
    return tmp_path


def test_importing_loads_no_library() -> None:
    """Neither ours below nor another's: they come with the call that needs them."""
    code = f"import sys, tipbench; print(sorted(set({HEAVY!r}) & {{name.partition('.')[0] for name in sys.modules}}))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=DEADLINE_S, check=True
    )
    assert done.stdout.strip() == "[]"


def test_the_package_is_this_one_and_typed() -> None:
    """No installed package of the name is in the way, and a type checker believes its types."""
    assert Path(str(tipbench.__file__)) == ROOT / "tipbench" / "__init__.py"
    assert (ROOT / "tipbench" / "py.typed").is_file()
    assert set(tipbench.__all__) == {"Bench", "BenchWarning", "Error", "Published", "open"}


def test_the_keywords_are_the_records() -> None:
    """`make schema` brings them up to date."""
    assert (ROOT / "tipbench" / "keywords.py").read_text("utf-8") == keywords()


def test_every_method_is_on_the_page() -> None:
    """docs/python.md names each public method, and no other."""
    page = (ROOT / "docs" / "python.md").read_text("utf-8")
    methods = {name for name, _ in inspect.getmembers(tipbench.Bench, inspect.isfunction) if name[0] != "_"}
    assert {name for name in methods if f"`{name}(" not in page and f"| `{name}` |" not in page} == set()


@pytest.mark.parametrize("page", ["README.md", "docs/python.md"])
def test_the_example_of_the_page_runs(page: str, project: Path) -> None:
    """As it stands, in an empty project; its last line is a table."""
    (example,) = re.findall(r"^```python\n(.*?)^```$", (ROOT / page).read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert len(example.strip().splitlines()) == 5
    *_, board = asyncio.run(_cells([example]))
    assert len(board)
    assert (project / ".tipbench" / "lake").is_dir()


def test_the_notebook_runs(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Cell by cell within one event loop, as a kernel does; it is stored without outputs."""
    notebook = json.loads((ROOT / "docs" / "first-benchmark.ipynb").read_text("utf-8"))
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells)
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(set(ids)) == len(ids)
    results = asyncio.run(_cells("".join(cell["source"]) for cell in cells))
    shown = [result for result in results if result is not None]
    assert len(shown) == 6
    assert all(len(table) for table in shown)
    assert "2 tip-bench-first-notebook is pinned with seed=0, and seed=7 differs" in capsys.readouterr().out
    assert list((project / ".tipbench" / "exports").glob("*/anna/001/INSTRUCTIONS.md"))


async def _cells(sources: Iterable[str]) -> list[Any]:
    """Execute cells in one namespace; return the value of each one's last line, None where that is no expression."""
    namespace: dict[str, Any] = {}
    results = []
    for source in sources:
        body = ast.parse(source).body
        last = body.pop() if isinstance(body[-1], ast.Expr) else None
        exec(compile(ast.Module(body, []), "cell", "exec"), namespace)  # noqa: S102  # our own cells
        value = ast.Expression(last.value) if isinstance(last, ast.Expr) else None
        results.append(eval(compile(value, "cell", "eval"), namespace) if value else None)  # noqa: S307  # the same
    return results
