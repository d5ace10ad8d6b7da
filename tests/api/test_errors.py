import pytest
from graphql import GraphQLError

from api.errors import code_of, coded, shown
from contracts.refusals import Conflict, Unavailable
from tests.api.memory_services import MemoryServices

CALLER = MemoryServices().context().caller


def _wrapped(error: Exception, path: list[str | int] | None = None) -> GraphQLError:
    return GraphQLError(str(error), path=path, original_error=error)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (GraphQLError("no such field"), "BAD_REQUEST"),
        (_wrapped(Conflict("closed"), ["x"]), "CONFLICT"),
        (_wrapped(_wrapped(Conflict("closed")), ["x"]), "CONFLICT"),
        (_wrapped(coded("FORBIDDEN", "no"), ["x"]), "FORBIDDEN"),
        (_wrapped(Unavailable("the store is away"), ["x"]), "UNAVAILABLE"),
        (_wrapped(TimeoutError()), "TIMEOUT"),
        (_wrapped(TimeoutError("a driver's"), ["x"]), "INTERNAL"),
        (_wrapped(OSError(28, "No space left on device", "/data/dsn"), ["x"]), "UNAVAILABLE"),
        (_wrapped(OSError(5, "dsn"), ["x"]), "INTERNAL"),
        (_wrapped(RuntimeError("dsn")), "INTERNAL"),
        (_wrapped(KeyError("dsn"), ["x"]), "INTERNAL"),
        (GraphQLError("Cannot return null", path=["x"]), "INTERNAL"),
    ],
)
def test_each_error_has_one_code_and_keeps_it_when_shown_twice(error: GraphQLError, code: str) -> None:
    """And what is not foreseen says nothing of itself."""
    once = shown(error, CALLER, "request-1")
    assert code_of(error) == code == code_of(shown(once, CALLER, "request-1"))
    assert "dsn" not in str(once)
    assert once.path == error.path


def test_extensions_of_other_peoples_exceptions_stay_here() -> None:
    """graphql-core would copy them to the client."""
    error = RuntimeError("x")
    error.extensions = {"dsn": "secret"}  # type: ignore[attr-defined] # as some library might
    assert shown(_wrapped(error, ["x"]), CALLER, "r").extensions == {"code": "INTERNAL", "id": "r"}


def test_a_refusals_path_is_told() -> None:
    """So that a form can mark the field."""
    found = shown(_wrapped(Conflict("closed", ("round", "id")), ["x"]), CALLER, "r")
    assert (found.message, found.extensions) == ("closed", {"code": "CONFLICT", "path": ["round", "id"]})
