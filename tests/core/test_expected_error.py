"""Errors that say as data what they are and which field they are about."""

import pytest

from core.expected_error import ExpectedError, FieldError, OperatorError


class Busy(ExpectedError, RuntimeError):
    """An error of a kind of its own."""

    code = "CONFLICT"


def test_an_error_is_its_sentence_with_code_and_field_beside_it() -> None:
    """The field stands in no sentence; one about nothing in particular has an empty path."""
    error = FieldError("use 1 to 5", ("n_tips",))
    assert (str(error), error.args, error.path, error.code) == (
        "use 1 to 5",
        ("use 1 to 5",),
        ("n_tips",),
        "INVALID_INPUT",
    )
    assert (Busy("wait").path, Busy("wait", ("experiment",)).path) == ((), ("experiment",))


def test_builtin_kinds_are_kept() -> None:
    """Whoever catches ValueError or RuntimeError goes on catching them."""
    with pytest.raises(ValueError, match="five"):
        raise FieldError("five", ("n_tips",))
    with pytest.raises(RuntimeError, match="wait"):
        raise Busy("wait")


def test_what_only_the_operator_can_mend_is_a_defect_to_a_caller() -> None:
    """On the command line it has a code of its own."""
    assert (OperatorError.code, OperatorError.operator_code) == ("INTERNAL", "INVALID_INPUT")
