"""The table of refusals, and that it has them all."""

import pytest

from contracts.refusals import Conflict, Refusal, Unavailable
from kit.refusals import DEFECT, PARTIAL, REFUSALS, WRONG_INPUT, row_of
from tests.kit.refused import import_all, imported_refusals, refusals


def test_every_refusal_has_its_row() -> None:
    """Whoever writes a new one gives its code a row."""
    assert {kind.code for kind in refusals()} <= set(REFUSALS)


def test_no_refusal_is_looked_for_in_vain() -> None:
    """Those found by the text of the code are all that there are once every module is imported."""
    found = refusals()
    import_all()
    assert found == imported_refusals()


@pytest.mark.parametrize(
    ("code", "status", "exit_code"),
    [
        ("INVALID_INPUT", 422, WRONG_INPUT),
        ("NOT_FOUND", 404, WRONG_INPUT),
        ("NAME_TAKEN", 409, WRONG_INPUT),
        ("CONFLICT", 409, WRONG_INPUT),
        ("IN_PROGRESS", 409, PARTIAL),
        ("FORBIDDEN", 403, WRONG_INPUT),
        ("UNAVAILABLE", 503, PARTIAL),
        ("INTERNAL", 500, DEFECT),
    ],
)
def test_released_statuses_and_exit_codes_stay(code: str, status: int, exit_code: int) -> None:
    """Programs decide by them."""
    assert (REFUSALS[code].status, REFUSALS[code].exit_code) == (status, exit_code)


def test_a_code_without_a_row_is_that_of_the_nearest_class() -> None:
    """A module beyond the wall may be newer than we are."""
    assert row_of(Conflict("no", code="NEWER")) == REFUSALS["CONFLICT"]
    assert row_of(Unavailable("no")) == REFUSALS["UNAVAILABLE"]
    assert row_of(Refusal("no", code="NEWER")) == REFUSALS["REFUSED"]
