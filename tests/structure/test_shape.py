"""Shape rules of the repository that the linters do not know."""

import ast
import importlib
import re
import tomllib
from pathlib import Path

import pytest

from tests.structure.sources import PACKAGES, ROOT, functions, named, nodes_of, sources, tracked, tree_of

LONGEST_FILE, LONGEST_FUNCTION = 300, 60


@pytest.mark.parametrize("package", PACKAGES)
def test_each_package_is_the_one_in_this_repository(package: str) -> None:
    """The generic names resolve here and not to some installed package."""
    module = importlib.import_module(package)
    assert Path(str(module.__file__)).is_relative_to(ROOT)


def test_files_and_functions_stay_small() -> None:
    """No source file over 300 lines, no function over 60."""
    files = {path: len(path.read_text("utf-8").splitlines()) for path in sources()}
    assert {path.name for path, count in files.items() if count > LONGEST_FILE} == set()
    long = [
        f"{path.name}:{node.name}"
        for path in files
        for node in functions(path)
        if (node.end_lineno or node.lineno) - node.lineno >= LONGEST_FUNCTION
    ]
    assert long == []


def test_every_module_says_what_it_is_for() -> None:
    """Each opens with a docstring that ends as a sentence."""
    silent = [path for path in sources() if not (ast.get_docstring(tree_of(path)) or "").strip()]
    assert silent == []


def test_every_test_says_what_holds() -> None:
    """Each test has a docstring of its own."""
    bare = [
        f"{path.name}:{node.name}"
        for path in tracked("tests/**/test_*.py")
        for node in functions(path)
        if node.name.startswith("test_") and not ast.get_docstring(node)
    ]
    assert bare == []


def test_imports_are_absolute_and_in_the_open() -> None:
    """No relative import, and importlib only where commands are loaded late and package data is read."""
    allowed = {"wiring/cli/__init__.py"}
    for path in sources():
        name = path.relative_to(ROOT).as_posix()
        for node in nodes_of(path):
            if isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{name}:{node.lineno}"
                loads = node.module == "importlib" and {alias.name for alias in node.names} & {"import_module"}
                assert not loads or name in allowed, f"{name}:{node.lineno}"
            if isinstance(node, ast.Import):
                assert "importlib" not in {alias.name for alias in node.names}, f"{name}:{node.lineno}"


def test_nothing_private_is_imported() -> None:
    """A name that begins with an underscore stays in its module; ruff holds the same of attributes."""
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}: {alias.name}"
        for path in tracked("*.py")
        for node in nodes_of(path)
        if isinstance(node, ast.ImportFrom) and str(node.module).partition(".")[0] in {*PACKAGES, "tests"}
        for alias in node.names
        if alias.name.startswith("_")
    ]
    assert found == []


def test_times_become_text_in_one_place() -> None:
    """Whoever writes a time down asks kit.times, so that its form is the same wherever it is read."""
    writers = {
        named(path)
        for path in sources()
        for node in nodes_of(path)
        if isinstance(node, ast.Attribute) and node.attr == "isoformat"
    }
    assert writers == {"kit/times.py"}


FORBIDDEN = {
    "a machine's path": re.compile(r"(?<![\w.])/(?:work|root|home/\w+)/"),
    "a registry": re.compile(r"(?<!no-emit-)index-url|pypi\.org|registry\.npmjs|files\.pythonhosted"),
    "a key": re.compile(r"sk-[A-Za-z0-9]{20,}|AKIA[A-Z0-9]{16}|-----BEGIN [A-Z ]*PRIVATE KEY"),
}


def test_no_file_names_a_machine_a_registry_or_a_key() -> None:
    """Committed text holds none of them; this file, which spells the patterns, is left out."""
    found = []
    for path in tracked():
        if path == Path(__file__) or path.suffix in {".parquet", ".png"}:
            continue
        text = path.read_text("utf-8", errors="replace")
        found += [f"{path.relative_to(ROOT)}: {what}" for what, pattern in FORBIDDEN.items() if pattern.search(text)]
    assert found == []


def test_links_in_the_docs_resolve() -> None:
    """Every relative link of a Markdown file names a file that is there."""
    broken = []
    for path in tracked("*.md", "docs/**/*.md"):
        text = re.sub(r"```.*?```", "", path.read_text("utf-8"), flags=re.DOTALL)
        targets = [t for t in re.findall(r"\]\(([^)#\s]+)", text) if not t.startswith(("http", "data:"))]
        broken += [f"{path.name}: {target}" for target in targets if not (path.parent / target).exists()]
    assert broken == []


def test_commands_in_the_docs_exist() -> None:
    """Every `tipbench COMMAND` that a document shows is one."""
    from wiring.cli import COMMANDS

    unknown = set()
    for path in tracked("*.md", "docs/**/*.md", "ci/*"):
        for command in re.findall(r"tipbench (?:--project \S+ )?([a-z-]{2,})\b", path.read_text("utf-8")):
            unknown |= {f"{path.name}: {command}"} - {f"{path.name}: {known}" for known in COMMANDS}
    assert unknown == set()


def test_every_package_is_placed() -> None:
    """A package that the import rules do not name fails here: top-level ones, and every module of services."""
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    layers = next(rule["layers"] for rule in rules["contracts"] if rule["id"] == "layers")
    placed = {package.strip(" ()") for layer in layers for package in layer.split("|")}
    packages = {path.relative_to(ROOT).parts[0] for path in tracked("*/*.py", "*/**/*.py")}
    assert packages - {"tests", "benchmarks", "scripts"} == placed == set(rules["root_packages"]) == set(PACKAGES)
    independent = next(rule["modules"] for rule in rules["contracts"] if rule["id"] == "services-apart")
    modules = {path.name for path in (ROOT / "services").iterdir() if (path / "__init__.py").is_file()}
    assert {f"services.{name}" for name in modules} == set(independent)
