"""The rules of the modules under services/: apart in every way that an import or a name can be made, and described."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deadline import DEADLINE_S
from tests.structure.sources import ROOT, named, tracked, tree_of
from wiring.modules import all_modules

SERVICES = ROOT / "services"
SEVEN = ("auth", "events", "gateway", "integrations", "notifier", "profile", "recommender")
AWAITED: set[str] = set()
"""Modules whose package is on its way."""
MODULES = sorted(path.parent.name for path in SERVICES.glob("*/__init__.py"))
SECTIONS = (
    "Contract",
    "Data it keeps",
    "Events in and out",
    "Shape now",
    "When it would be extracted",
    "What it does not do",
)
BANNED = {"__import__", "exec", "eval", "compile", "import_module", "importlib", "runpy", "pkgutil"}
PLANTED = {
    "services/auth/planted.py": '"""Planted."""\n\nimport services.events\n',
    "services/events/planted.py": '"""Planted."""\n\n\ndef late() -> None:\n    from services.gateway import edge\n',
    "services/gateway/planted.py": '"""Planted."""\n\nfrom typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n'
    "    from services.auth.module import AuthModule\n",
}


def test_there_are_seven_modules() -> None:
    """The packages, and the contract that holds them apart, are the seven of the table."""
    assert set(MODULES) | AWAITED == set(SEVEN)
    assert not AWAITED & set(MODULES), "this one is here: take it out of AWAITED"
    assert set(_independent()["modules"]) == {f"services.{name}" for name in MODULES}


def test_the_table_has_every_module() -> None:
    """services/README.md says of each of the seven its role, its shape now and when it would be extracted."""
    lines = [line for line in (SERVICES / "README.md").read_text("utf-8").splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert rows[0] == ["folder", "role", "shape now", "extracted when"]
    said = {re.sub(r"[\[\]`]|\(.*\)", "", row[0]): row for row in rows[2:]}
    assert set(said) == set(SEVEN)
    assert all(len(row) == 4 and all(row) for row in said.values())
    assert said["gateway"][3].startswith("never")
    assert said["events"][3].startswith("never a service")


@pytest.mark.parametrize("module", MODULES)
def test_each_module_is_described(module: str) -> None:
    """Its README has the six sections, in their order, each with something in it; an empty package says so."""
    text = (SERVICES / module / "README.md").read_text("utf-8")
    found = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert [title for title in found if title in SECTIONS] == list(SECTIONS)
    for part in re.split(r"^## .+$", text, flags=re.MULTILINE)[1:]:
        assert part.strip()
    empty = [path.name for path in (SERVICES / module).rglob("*.py")] == ["__init__.py"]
    assert ("Not built yet" in text) == empty


BUILT_ON = {
    "auth": "the edge asks it who calls, and its pages are put together by the server",
    "benchmark": "the program's own word",
    "erasure": "what spans modules is put together where all of them are known",
    "events": "a library that the server runs",
    "gateway": "the server itself",
    "serving": "an ordinary word of servers",
}
"""Modules whose names stand in more files, and why."""


@pytest.mark.parametrize("module", sorted({each.name for each in all_modules()} - set(BUILT_ON)))
def test_a_module_is_named_where_it_is_entered(module: str) -> None:
    """In at most three files of wiring and the gateway, the tuple of modules among them."""
    word = re.compile(rf"\b{module}\b")
    files = [path for path in tracked("wiring", "services/gateway") if word.search(path.read_text("utf-8"))]
    assert ROOT / "wiring" / "modules" / "__init__.py" in files
    assert len(files) <= 3, [named(path) for path in files]


def _independent() -> dict[str, list[str]]:
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    found: dict[str, list[str]] = next(rule for rule in rules if rule["id"] == "services-apart")
    return found


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """import-linter in a folder, with this repository's contract of the services."""
    modules = "\n".join(f"    {name}" for name in _independent()["modules"])
    (folder / ".importlinter").write_text(
        "[importlinter]\nroot_package = services\n\n"
        f"[importlinter:contract:apart]\nname = apart\ntype = independence\nmodules =\n{modules}\n"
    )
    lint = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    command = [sys.executable, "-c", lint, "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=DEADLINE_S, check=False)


def test_import_linter_bites(tmp_path: Path) -> None:
    """A planted import of another module is found and named: plain, inside a function, and for type checkers alone."""
    shutil.copytree(SERVICES, tmp_path / "services", ignore=shutil.ignore_patterns("__pycache__"))
    clean = _lint(tmp_path)
    assert clean.returncode == 0, clean.stdout
    for path, source in PLANTED.items():
        (tmp_path / path).write_text(source)
    said = _lint(tmp_path)
    assert said.returncode == 1
    for path, to in zip(PLANTED, ("events (l.3)", "gateway.edge (l.5)", "auth.module (l.6)"), strict=True):
        assert f"{path[:-3].replace('/', '.')} -> services.{to}" in said.stdout


def _hidden(tree: ast.AST) -> Iterator[int]:
    """Lines that could import or run what no linter sees."""
    for node in ast.walk(tree):
        named = set()
        if isinstance(node, ast.Name):
            named = {node.id}
        if isinstance(node, ast.Attribute) and node.attr in {"import_module", "__import__"}:
            named = {node.attr}
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "sys":
            named = BANNED if node.attr == "modules" else set()
        if isinstance(node, ast.Import):
            named = {alias.name.partition(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            named = {(node.module or "").partition(".")[0]}
        if named & BANNED:
            yield getattr(node, "lineno", 0)


def test_no_module_imports_in_hiding() -> None:
    """No importlib, __import__, exec, eval, compile or sys.modules in services/."""
    found = [f"{path.relative_to(ROOT)}:{line}" for path in SERVICES.rglob("*.py") for line in _hidden(tree_of(path))]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "import importlib\nimportlib.import_module('services.auth')",
        "from importlib import import_module as load",
        "from importlib.util import find_spec",
        "__import__('services.auth')",
        "import builtins\nbuiltins.__import__('services.auth')",
        "exec('import services.auth')",
        "eval('1')",
        "import sys\nsys.modules['services.auth']",
        "import runpy",
    ],
)
def test_the_ban_bites(source: str) -> None:
    """Each hidden way is found; a pattern that is compiled, or a query that is executed, is not one."""
    assert list(_hidden(ast.parse(source)))
    assert not list(_hidden(ast.parse("import re, sys\nre.compile('x')\nconnection.execute(sys.argv)")))


ALONE = """
import importlib, pathlib, sys
module, others = sys.argv[1], set(sys.argv[2:])
class Wall:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[:2] in [["services", other] for other in others]:
            raise ImportError(f"{name} is behind the wall")
sys.meta_path.insert(0, Wall())
for file in sorted(pathlib.Path("services", module).rglob("*.py")):
    if "migrations" not in file.parts:
        importlib.import_module(".".join(file.with_suffix("").parts).removesuffix(".__init__"))
print(*sorted(name for name in sys.modules if name.split(".")[0] in {"api", "assets", "resources", "wiring"}))
"""


@pytest.mark.parametrize("module", MODULES)
def test_each_module_stands_alone(module: str) -> None:
    """Every file of it is imported in a fresh process where the others cannot be, without a layer above contracts."""
    others = [name for name in SEVEN if name != module]
    command = [sys.executable, "-c", ALONE, module, *others]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=DEADLINE_S, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr


def test_the_wall_bites() -> None:
    """A process in which a module itself cannot be imported says so."""
    command = [sys.executable, "-c", ALONE, "auth", "auth"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=DEADLINE_S, check=False)
    assert done.returncode == 1
    assert "services.auth is behind the wall" in done.stderr


def _tables(module: Path) -> set[str]:
    path = module / "tables.py"
    return set(re.findall(r'sa\.Table\(\s*"(\w+)"', path.read_text("utf-8"))) if path.exists() else set()


def test_no_module_names_the_table_of_another() -> None:
    """Not in any text of its sources, where no import would show it."""
    tables = {name: _tables(SERVICES / name) for name in MODULES} | {"": _tables(ROOT / "resources" / "sql")}
    assert all(tables[name] for name in ("auth", "events", ""))
    found = []
    for name in MODULES:
        foreign = set().union(*(own for owner, own in tables.items() if owner != name))
        for path in (SERVICES / name).rglob("*.py"):
            for node in ast.walk(tree_of(path)):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    found += [f"{path.name}: {t}" for t in foreign if re.search(rf"\b{t}\b", node.value)]
    assert found == []
