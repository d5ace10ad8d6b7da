"""The way from errors to exit codes."""

import ast
import sqlite3
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import duckdb
import pytest
import sqlalchemy as sa

from core.benchmark.names import InvalidName
from core.expected_error import ExpectedError
from kit.refusals import REFUSALS
from resources.lake.broken import LakeBroken
from resources.lake.journal import JournalBroken, JournalFull
from resources.lake.lock import WriterBusy
from resources.sql.engine import open_engine
from wiring.exit_codes import PARTIAL, WRONG_INPUT, code_of, sentence_of

ROOT = Path(__file__).parents[2]
ELSEWHERE = {
    "contracts.modules.broker.BrokerAway",  # delivery comes again
    "contracts.modules.sealing.Erased",  # shown as erased where it is read
    "core.policies.distribution.NoEligibleArm",  # an answer with reasons
    "core.policies.reactions.OtherDecision",  # a defect of who reads the log
    "resources.adoption.tools.document.Unusable",  # becomes a problem of the file
    "resources.adoption.values.Wrong",  # becomes a problem of the file
    "wiring.server.head_limits.HeadTooLarge",
    "wiring.server.head_limits.TooManyChunks",
    "wiring.server.head_limits.UpgradeRefused",  # answered with 431 where it is caught, beside the parser
    "contracts.benchmark.tracking.TrackingUnavailable",  # a warning, never an end
    "core.expected_error.ExpectedError",  # the base itself
}
PARTIAL_ONES = {
    "contracts.storage.LeaseHeld",
    "contracts.storage.StaleFence",
    "resources.admin.deletion.RunUnderWay",
    "resources.dagster.recording_queue.RunStoreUnavailable",
    "resources.lake.journal.JournalFull",
    "resources.lake.lock.WriterBusy",
}
"""Errors of this program, refusals aside, after which the same command may be tried again."""
BUILTIN = {"ValueError", "RuntimeError", "OSError", "LookupError", "ConnectionError", "Exception"}
BASES = {"ExpectedError", "FieldError", "OperatorError", *BUILTIN}


def _error_classes() -> dict[str, type[Exception]]:
    """Every exception that is defined in a layer whose errors reach the command line, by its qualified name."""
    found: dict[str, type[Exception]] = {}
    for layer in ("contracts", "core", "resources", "wiring", "assets"):
        for path in (ROOT / layer).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                bases = {ast.unparse(base) for base in node.bases} if isinstance(node, ast.ClassDef) else set()
                if isinstance(node, ast.ClassDef) and bases & BASES:
                    module = path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
                    found[f"{module}.{node.name}"] = getattr(import_module(module), node.name)
    return found


def test_every_error_class_has_an_exit_code() -> None:
    """An exception that somebody defines is one that is expected, so that no person meets a traceback."""
    assert {name for name, kind in _error_classes().items() if not issubclass(kind, ExpectedError)} == ELSEWHERE - {
        "core.expected_error.ExpectedError"
    }


def test_every_code_of_an_error_is_in_the_table() -> None:
    """The one for callers and the one for the command line."""
    for name, kind in _error_classes().items():
        if issubclass(kind, ExpectedError):
            assert {kind.code, kind.operator_code or kind.code} <= set(REFUSALS), name


def test_released_exit_codes_stay() -> None:
    """Scripts decide by them: wrong input, or the same again."""
    for name, kind in _error_classes().items():
        if name in ELSEWHERE or name == "contracts.refusals.Refusal":
            continue
        code = code_of(kind.__new__(kind))
        assert code == (PARTIAL if name in PARTIAL_ONES else WRONG_INPUT), name


@pytest.mark.parametrize(
    ("error", "code", "exit_code"),
    [
        (LakeBroken("lake/x cannot be read"), "UNAVAILABLE", WRONG_INPUT),
        (JournalBroken("line 2"), "UNAVAILABLE", WRONG_INPUT),
        (JournalFull("no space"), "UNAVAILABLE", PARTIAL),
        (WriterBusy("wait", ("experiment",)), "CONFLICT", PARTIAL),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_whoever_runs_the_command_can_do_other_things_than_a_caller(
    error: ExpectedError, code: str, exit_code: int
) -> None:
    """A damaged file is away to a caller of the API and has to be mended by an operator."""
    assert (error.code, code_of(error)) == (code, exit_code)


def test_codes_follow_what_can_be_done() -> None:
    """A full disk can be tried again, a defect has no code."""
    assert code_of(OSError(28, "No space left on device")) == PARTIAL
    assert code_of(OSError(24, "Too many open files")) == PARTIAL
    assert code_of(OSError(2, "No such file")) is None
    assert code_of(NotADirectoryError(20, "Not a directory")) == WRONG_INPUT
    assert code_of(KeyError("x")) is None
    assert code_of(InvalidName("x", ("experiment",))) == WRONG_INPUT


def test_an_error_of_the_system_says_where_and_what_to_do() -> None:
    """No person reads an errno; an error of this program speaks for itself."""
    said = sentence_of(OSError(28, "No space left on device", "/home/x"))
    assert said.startswith("No space left on device at /home/x: make room")
    engine = duckdb.IOException('IO Error: Cannot open file "/home/x": Too many open files')
    assert code_of(engine) == PARTIAL
    assert sentence_of(engine).startswith("Too many open files: raise the limit")
    said = sentence_of(OSError(24, "Too many open files", "/home/x"))
    assert said.startswith("Too many open files at /home/x: raise the limit (ulimit -n), then run again")
    assert sentence_of(ValueError("use 1 to 5")) == "use 1 to 5"


def _raised(path: Path, act: Callable[[sa.Connection], object]) -> Exception:
    engine = open_engine(f"sqlite:///{path}")
    try:
        with pytest.raises((sa.exc.DBAPIError, sqlite3.Error)) as raised, engine.begin() as connection:
            act(connection)
        return raised.value
    finally:
        engine.dispose()


def test_a_full_database_is_no_defect(tmp_path: Path) -> None:
    """SQLite says so as data; whoever wrote may make room and do the same again."""

    def fill(connection: sa.Connection) -> None:
        connection.exec_driver_sql("create table t (x blob)")
        connection.exec_driver_sql("pragma max_page_count = 4")
        connection.exec_driver_sql("insert into t values (zeroblob(100000))")

    error = _raised(tmp_path / "full.db", fill)
    assert code_of(error) == PARTIAL
    said = sentence_of(error)
    assert said.startswith("a database of the home cannot be used (database or disk is full): make room")
    assert "insert into" not in said


@pytest.mark.parametrize("damage", ["no database", "a damaged page"])
def test_a_damaged_database_is_to_be_restored(damage: str, tmp_path: Path) -> None:
    """Whatever command opens it says so in one sentence, and does not make it anew."""
    path = tmp_path / "damaged.db"
    engine = open_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.exec_driver_sql("create table t (x text)")
        connection.exec_driver_sql("insert into t values ('x')")
    engine.dispose()
    data = bytearray(path.read_bytes())
    if damage == "no database":
        data[:] = b"\xff" * len(data)
    else:
        data[4096:] = b"\xff" * (len(data) - 4096)
    path.write_bytes(data)
    error = _raised(path, lambda connection: connection.exec_driver_sql("select * from t").all())
    assert code_of(error) == WRONG_INPUT
    assert "restore tipbench.db or user-keys/ from a backup" in sentence_of(error)
    assert path.read_bytes() == bytes(data)


def test_a_wrong_query_stays_a_defect(tmp_path: Path) -> None:
    """SQLite has a class for both; a table that is not there is nothing that a person can mend."""
    error = _raised(tmp_path / "fine.db", lambda connection: connection.exec_driver_sql("select * from none"))
    assert isinstance(error, sa.exc.OperationalError)
    assert code_of(error) is None
