"""What an error is and which field it is about is data: given where it is raised, and read out of no sentence."""

import ast
import inspect
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from contracts.refusals import Refusal
from core.expected_error import ExpectedError, FieldError
from kit.refusals import CLASSES
from tests.option_errors import kinds
from tests.structure.sources import named, sources, tree_of

READER = "kit/validation.py"
OTHER_FIELDS = {
    "AdoptRejected": "the files that are adopted",
    "AdoptedNameTaken": "the experiment that outputs are adopted as",
    "BadMail": "an address, a title or a link of a mail",
    "BadPolicy": "the configuration of a policy",
    "BadDays": "days of published decisions that a command writes into a file",
    "BadPolicyFile": "a log of decisions, or the policy that is evaluated on it",
    "BadSubscription": "a browser's subscription to push messages",
    "BadTastes": "tastes of simulated users",
    "InvalidAnswer": "a field of an answer, or the answer as a whole",
    "NotDeletable": "the experiment that is to be deleted",
    "FileTooLarge": "a file that a person named",
    "NotAFile": "a file that a person named",
    "Rejected": "the file that is imported",
    "ShardError": "the part of an experiment that a worker is to collect",
    "TargetRefused": "a URL that requests are to go to, or an exception of the settings",
    "NoLeaderboard": "the experiment whose leaderboard a report compares",
    "TooMuchOfALog": "the days that a report looks back on",
    "OtherLooks": "how often a cell is chosen as data grow",
    "NothingCommon": "what is compared",
    "OtherBasis": "what a cell is held against",
    "BadPack": "the file that is unpacked",
    "PackedNameTaken": "the file that is unpacked",
    "TooLargeToPack": "the experiment that is to be packed",
    "UnknownFloor": "the floors that a cell is chosen by",
    "WrongMargin": "the margin and the champion of a choice",
    "UnknownCell": "the cell that the limits of a check are about",
    "UnknownExperiment": "the experiment that is to be deleted",
    "UnknownJudges": "the judges that a leaderboard is asked for",
}
"""Errors of fields that are no options of a launch, with what they are about."""
READING = {"match", "search", "fullmatch", "findall", "finditer", "split", "sub"}
"""Functions of regular expressions that read a text."""
MSGSPECS = ("at `$", "field `")
"""Of msgspec's sentences, what no sentence here has."""


def _below(kind: type[ExpectedError]) -> Iterator[type[ExpectedError]]:
    for below in kind.__subclasses__():
        yield below
        yield from _below(below)


@pytest.fixture(scope="module")
def errors() -> set[type[ExpectedError]]:
    """Every class of error that is expected."""
    for name in ("contracts", "core", "kit", "resources", "services"):
        for module in pkgutil.walk_packages(import_module(name).__path__, f"{name}."):
            if "migrations" not in module.name and not module.name.endswith((".child", ".recorder", ".worker")):
                import_module(module.name)
    return {kind for kind in _below(ExpectedError) if not kind.__module__.startswith("tests.")}


def test_no_error_of_a_field_is_made_without_one(errors: set[type[ExpectedError]]) -> None:
    """Its class cannot be called without a path, unless it has one for all of its errors or takes it from a fault."""
    for kind in errors:
        if issubclass(kind, FieldError):
            path = inspect.signature(kind).parameters.get("path")
            assert path.default is path.empty if path is not None else "__init__" in vars(kind), kind


def test_each_kind_about_an_option_is_known_to_the_tests_of_what_is_answered(errors: set[type[ExpectedError]]) -> None:
    """A new one is either among the errors of options or listed with what else it is about."""
    found = {kind.__name__ for kind in errors if issubclass(kind, FieldError)} - {"FieldError"}
    assert found == {kind.__name__ for kind in kinds()} | set(OTHER_FIELDS)


def test_an_expected_error_becomes_a_refusal_by_the_table_alone(errors: set[type[ExpectedError]]) -> None:
    """No handler picks a class of refusal for the sentence of an error that says itself which it is."""
    names = {kind.__name__ for kind in errors if not issubclass(kind, Refusal)}
    answered = {kind.__name__ for kind in CLASSES.values()}
    found = [
        f"{named(path)}:{raised.lineno}"
        for path in sources()
        for handler in ast.walk(tree_of(path))
        if isinstance(handler, ast.ExceptHandler) and handler.type and names & set(_names(handler.type))
        for raised in ast.walk(handler)
        if isinstance(raised, ast.Raise) and isinstance(raised.exc, ast.Call)
        if answered & set(_names(raised.exc.func)) and any(_is_sentence(arg, handler.name) for arg in raised.exc.args)
    ]
    assert found == []


def test_one_module_reads_what_msgspec_says() -> None:
    """No other picks a caught error's sentence apart, or knows how msgspec's are written."""
    found = [place for path in sources() if named(path) != READER for place in _readings(path, tree_of(path))]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "re.search('x', str(error))",
        "PATTERN.match(str(error))",
        "str(error).partition(' - at ')",
        "str(error)[3:]",
        "'x' in str(error)",
        "error.args[0].split()",
        "'- at `$.name`'",
        "'unknown field `x`'",
    ],
)
def test_the_rule_bites(text: str) -> None:
    """Each way to read a field out of a sentence is found, showing the sentence is none."""
    caught = "try:\n    go()\nexcept ValueError as error:\n    found = {}\n"
    assert len(list(_readings(Path(__file__), ast.parse(caught.format(text))))) == 1
    assert list(_readings(Path(__file__), ast.parse(caught.format("f'file: {error}', str(error), error.path")))) == []


def _names(node: ast.AST) -> Iterator[str]:
    """Yield the names in an expression, of `a.b` the last."""
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            yield part.id
        elif isinstance(part, ast.Attribute):
            yield part.attr


def _is_sentence(node: ast.AST, name: str | None) -> bool:
    """Return whether the expression is the sentence of the caught error `name`."""
    return name is not None and ast.unparse(node) in {f"str({name})", f"{name}.args[0]"}


def _readings(path: Path, tree: ast.Module) -> Iterator[str]:
    """Yield the places where a caught error's sentence is picked apart, and texts of msgspec's."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and any(t in node.value for t in MSGSPECS):
            yield f"{named(path)}:{node.lineno}"
        elif isinstance(node, ast.ExceptHandler):
            yield from (f"{named(path)}:{node.lineno}" for part in ast.walk(node) if _reads(part, node.name))


def _reads(node: ast.AST, name: str | None) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=value, attr=attr), args=args):
            return _is_sentence(value, name) or (attr in READING and any(_is_sentence(arg, name) for arg in args))
        case ast.Subscript(value=value):
            return _is_sentence(value, name)
        case ast.Compare(left=left, comparators=others):
            return any(_is_sentence(other, name) for other in (left, *others))
        case _:
            return False
