"""Docstrings of public functions say what the function does: they open with a verb and tell more than its name."""

import ast
from collections.abc import Iterator

import pytest

from tests.structure.sources import PACKAGES, Function, named, sources, tree_of

SHORTEST = 4
VERBS = frozenset(
    """acknowledge add adopt advance answer append archive ask begin bind bring build call cancel change check
    close collect complete compute copy count create delete deliver destroy do drop empty end enforce erase
    evaluate find finish forget free give handle have hide hold import insert keep launch leave let
    list load lock log look make mark mask mirror move name note open parse pass pin place print publish
    queue raise read record redeem refuse release remove rename render reopen replace request
    reserve retry return revoke rewrite roll run say seal see send serve set show sign start stop
    store stream take tie try turn update use validate wait wake watch withdraw write yield
    """.split()  # noqa: SIM905  # a list of words reads as text
)
"""What a docstring may open with, in the imperative."""


def _public(node: ast.Module | ast.ClassDef, prefix: str = "") -> Iterator[tuple[str, Function]]:
    """Yield the public functions and methods under `node`, those in public classes too, but none inside a function."""
    for each in node.body:
        if isinstance(each, ast.ClassDef) and not each.name.startswith("_"):
            yield from _public(each, f"{prefix}{each.name}.")
        if isinstance(each, Function) and not each.name.startswith("_") and "overload" not in _decorators(each):
            yield f"{prefix}{each.name}", each


def _decorators(node: Function) -> set[str]:
    """Return the names of a function's decorators, without arguments."""
    return {ast.unparse(each).partition("(")[0] for each in node.decorator_list}


def _is_asset(node: Function) -> bool:
    """Return whether Dagit shows the docstring as the description of a thing, which reads as a noun there."""
    return "dg.asset" in _decorators(node)


def _documented(*packages: str) -> Iterator[tuple[str, str, str]]:
    """Yield file, name and docstring of every public function of the packages."""
    for path in sources():
        if named(path).startswith(tuple(f"{package}/" for package in packages)):
            for name, node in _public(tree_of(path)):
                if not _is_asset(node):
                    yield named(path), name, ast.get_docstring(node) or ""


def _fault(docstring: str) -> str | None:
    words = docstring.split()
    if len(words) < SHORTEST:
        return f"has {len(words)} words"
    return None if words[0].strip(",;:.").lower() in VERBS else f"opens with {words[0]!r}, which is no verb of the list"


@pytest.mark.parametrize("package", PACKAGES)
def test_each_public_function_says_what_it_does(package: str) -> None:
    """It opens with a verb, such as Return or Raise, and has more than three words."""
    found = [f"{path}:{name} {fault}" for path, name, text in _documented(package) if (fault := _fault(text))]
    assert found == []


def test_no_method_repeats_its_contract() -> None:
    """What a Protocol says is said there once; what implements it says what is special, or points to it."""
    promised = {(name.rpartition(".")[2], text) for _, name, text in _documented("contracts")}
    others = [package for package in PACKAGES if package != "contracts"]
    twice = [
        f"{path}:{name}" for path, name, text in _documented(*others) if (name.rpartition(".")[2], text) in promised
    ]
    assert twice == []


@pytest.mark.parametrize(
    ("docstring", "fault"),
    [
        ("Return the mean of all scores.", None),
        ("Return it.", "has 2 words"),
        ("", "has 0 words"),
        ("The mean of all scores.", "opens with 'The', which is no verb of the list"),
    ],
)
def test_the_rule_bites(docstring: str, fault: str | None) -> None:
    """Nouns and three words are found, sentences that open with a verb pass."""
    assert _fault(docstring) == fault
