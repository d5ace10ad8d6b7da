"""Names of code in the documents: every path, module, class and import that a page shows is there."""

import ast
import re
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from tests.structure.sources import PACKAGES, ROOT, named, sources, tracked, tree_of

TOPS = "|".join((*PACKAGES, "benchmarks", "tests", "scripts", "docs", "ci", "catalog"))
FILES = [named(path) for path in tracked()]
PAGES = [path for path in tracked("*.md") if path.relative_to(ROOT).parts[0] != "catalog"]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PLANNED: set[str] = set()
"""Modules that the page of a service which is not built yet plans."""
ELSEWHERE = {"RateLimit", "KeyboardInterrupt"}
"""Words of two humps that are no class of ours: a header, an error of Python."""
IN_A_HOME = {"tipbench.db"}
"""Files of a home, which are named like modules."""


PROSE = (
    "houses?",
    "doors?",
    "desks?",
    "shelf",
    "shelves",
    "keepers?",
    "pumps?",
    "lifelines?",
    "judging rooms?",
    "askers?",
)
"""Words of ours that name no thing here; docs/glossary.md has the ones that do."""


def _shown(pattern: str) -> set[tuple[Path, str]]:
    """Each page with each match of `pattern` in its code marks, fenced blocks left out."""
    return {
        (page, found)
        for page in PAGES
        for text in re.findall(r"`([^`]+)`", FENCE.sub("", page.read_text("utf-8")))
        for found in re.findall(pattern, text)
    }


@cache
def _top_names(path: Path) -> frozenset[str]:
    """What a module has at its top: defined, assigned or imported, and `Class.method`."""
    names: set[str] = set()
    for node in tree_of(path).body:
        match node:
            case ast.ClassDef():
                names |= {node.name} | {f"{node.name}.{part.name}" for part in node.body if hasattr(part, "name")}
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                names.add(node.name)
            case ast.Assign() | ast.AnnAssign():
                names |= {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
            case ast.ImportFrom() | ast.Import():
                names |= {alias.asname or alias.name for alias in node.names}
            case _:
                pass
    return frozenset(names)


def _resolves(dotted: str) -> bool:
    """Whether `package.module`, `package.module.Name` or `package.module.Class.method` is there."""
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        base, rest = ROOT.joinpath(*parts[:length]), ".".join(parts[length:])
        for file in (base.with_suffix(".py"), base / "__init__.py"):
            if file.is_file():
                return not rest or rest in _top_names(file)
    return ROOT.joinpath(*parts).is_dir()


def _is_there(path: str, page: Path) -> bool:
    """Whether a path names a file or folder, from the root or the page's folder, one alone anywhere; NAME is any."""
    wanted = path.rstrip("/").replace("NAME", "*")
    patterns = [wanted, f"{wanted}/*", f"{named(page.parent)}/{wanted}"] if "/" in path else [f"*/{wanted}"]
    return any(fnmatchcase(file, pattern) for file in FILES for pattern in patterns)


def test_dotted_names_resolve() -> None:
    """`package.module` and what may follow it is a module of this repository that has that name."""
    shown = _shown(rf"(?<![\w./-])(?:{TOPS})(?:\.[a-zA-Z]\w*)+(?![\w/])")
    lost = {(page, name) for page, name in shown if not _resolves(name) and not (ROOT / name).exists()}
    assert {f"{named(page)}: {name}" for page, name in lost if name not in PLANNED | IN_A_HOME} == set()
    assert {name for _, name in lost} >= PLANNED, "what is built is planned no more: take it off the list"


def test_paths_are_there() -> None:
    """What begins with a folder of this repository, or ends in `.py`, is a file or folder."""
    shown = _shown(rf"(?<![\w./-])(?:(?:{TOPS})/[\w.*/-]*|[\w/]+\.py)(?![\w(])")
    assert {f"{named(page)}: {path}" for page, path in shown if not _is_there(path, page)} == set()


@cache
def _types() -> frozenset[str]:
    """Every class and alias of the packages, tests and benchmarks, and every type of the API."""
    here = {name for path in (*sources(), *tracked("tests/**/*.py", "benchmarks/*.py")) for name in _top_names(path)}
    api = r"^(?:type|input|enum|union|interface|scalar) (\w+)"
    return frozenset({*here, *re.findall(api, (ROOT / "schema.graphql").read_text("utf-8"), re.MULTILINE)})


def test_classes_exist() -> None:
    """A word of two humps is a class of ours or a type of the API, unless it is on the list above."""
    shown = _shown(r"(?<![\w-])[A-Z][a-z0-9]+(?:[A-Z][a-z0-9]*)+(?![\w-])")
    assert {f"{named(page)}: {word}" for page, word in shown if word not in _types() | ELSEWHERE} == set()


def test_the_documents_have_no_private_words() -> None:
    """Prose, comments of scripts and of configuration say the words of the glossary instead."""
    others = ("Makefile", ".ci/*", "ci/*", "scripts/*", "pyproject.toml", "tipbench.toml", ".pre-commit-config.yaml")
    private = re.compile(rf"\b(?:{'|'.join(PROSE)})\b", re.IGNORECASE)
    found = {
        f"{named(path)}: {word}"
        for path in (*PAGES, *tracked(*others))
        for word in private.findall(path.read_text("utf-8"))
    }
    assert found == set()


def _imported(node: ast.AST) -> list[str]:
    """Return what a statement imports, as `package.module.Name`; nothing for other statements."""
    match node:
        case ast.ImportFrom(module=str(module), names=names):
            return [f"{module}.{alias.name}" for alias in names]
        case ast.Import(names=names):
            return [alias.name for alias in names]
        case _:
            return []


def test_imports_in_examples_resolve() -> None:
    """Python that a page shows parses, and what it imports of this repository is there."""
    missing, looked_at = set(), 0
    for page in PAGES:
        for language, text in FENCE.findall(page.read_text("utf-8")):
            for node in ast.walk(ast.parse(text)) if language == "python" else ():
                imported = [name for name in _imported(node) if name.partition(".")[0] in PACKAGES]
                looked_at += len(imported)
                missing |= {f"{named(page)}: {name}" for name in imported if not _resolves(name)}
    assert missing == set()
    assert looked_at, "the example of the README imports from here"


def test_every_package_has_a_row() -> None:
    """docs/architecture.md names each package of a layer, layers without packages, and each file of structure tests."""
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    nouns = {path.parent for path in sources() if path.name == "__init__.py" and len(path.relative_to(ROOT).parts) == 3}
    rows = {f"{named(noun)}/" for noun in nouns if noun.parent.name != "services"} | {"assets/", "services/"}
    rules = {named(path) for path in tracked("tests/structure/test_*.py")}
    assert {row for row in rows | rules if f"`{row}`" not in page} == set()


def test_the_look_up_bites() -> None:
    """A module, a name in one, a path and a class that are not there are not found; real ones are."""
    page = ROOT / "docs" / "api.md"
    assert [_resolves(name) for name in ("core.scoring.leaderboard", "core.benchmark.spec.Options")] == [True, True]
    assert [_resolves(name) for name in ("core.scoring.nothing", "core.benchmark.spec.Nothing")] == [False, False]
    assert [_is_there(path, page) for path in ("tests/golden/", "tests/nothing/", "tally.py")] == [True, False, True]
    assert {"Options", "Experiment"} <= _types()
    assert "Nothing" not in _types()
