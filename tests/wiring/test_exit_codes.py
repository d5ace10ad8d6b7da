"""The table of exit codes."""

import ast
from importlib import import_module
from pathlib import Path

from core.benchmark.names import InvalidName
from kit.refusals import REFUSALS
from wiring.exit_codes import CODES, PARTIAL, WRONG_INPUT, code_of, sentence_of

ROOT = Path(__file__).parents[2]
ELSEWHERE = {
    "contracts.refusals.Refusal",  # with all its kinds in the table of refusals
    "core.judging.answer_validator.InvalidAnswer",  # becomes a problem of a file
    "resources.adoption.tools.document.Unusable",  # becomes a problem of the file
    "resources.adoption.values.Wrong",  # becomes a problem of the file
    "contracts.benchmark.tracking.TrackingUnavailable",  # a warning, never an end
    "resources.models.loose_json.Unparsable",  # becomes an outcome
}


def test_every_name_in_the_table_is_an_error_class() -> None:
    """Each qualified name resolves to an exception, each code is a row of the table of refusals."""
    assert set(CODES.values()) <= set(REFUSALS)
    for name in CODES:
        module, _, qualified = name.rpartition(".")
        assert issubclass(getattr(import_module(module), qualified), Exception), name


def test_every_error_class_is_in_the_table() -> None:
    """An exception that somebody defines has an exit code, so that no person meets a traceback."""
    defined = set()
    for layer in ("contracts", "core", "resources", "wiring", "assets"):
        for path in (ROOT / layer).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                bases = {ast.unparse(base) for base in node.bases} if isinstance(node, ast.ClassDef) else set()
                if isinstance(node, ast.ClassDef) and bases & {"ValueError", "RuntimeError", "OSError", "Exception"}:
                    module = path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
                    defined.add(f"{module}.{node.name}")
    assert defined - ELSEWHERE <= set(CODES)


def test_codes_follow_what_can_be_done() -> None:
    """A full disk can be tried again, a defect has no code."""
    assert code_of(OSError(28, "No space left on device")) == PARTIAL
    assert code_of(OSError(2, "No such file")) is None
    assert code_of(NotADirectoryError(20, "Not a directory")) == WRONG_INPUT
    assert code_of(KeyError("x")) is None
    assert code_of(InvalidName("x")) == WRONG_INPUT


def test_an_error_of_the_system_says_where_and_what_to_do() -> None:
    """No person reads an errno; an error of the house speaks for itself."""
    said = sentence_of(OSError(28, "No space left on device", "/home/x"))
    assert said.startswith("No space left on device at /home/x: make room")
    assert sentence_of(ValueError("use 1 to 5")) == "use 1 to 5"
