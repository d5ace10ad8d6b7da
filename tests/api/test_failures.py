import pytest

from api.failures import FAILURES, InvalidInput, called, failure_of
from contracts import refusals
from contracts.paging import InvalidCursor


def test_every_refusal_has_its_failure() -> None:
    """By the same name; a new one in the contracts needs one here."""
    ours = [kind for kind in refusals.Refusal.__subclasses__() if kind.__module__ == "contracts.refusals"]
    assert {kind.__name__ for kind in ours} == set(FAILURES)
    assert [type(failure_of(kind("no"))).__name__ for kind in ours] == [kind.__name__ for kind in ours]


def test_a_narrower_refusal_keeps_its_code() -> None:
    """In the failure of its nearest base."""
    failure = failure_of(InvalidCursor("no", ("after",)))
    assert failure == InvalidInput(code="INVALID_CURSOR", message="no", path=["after"])


def test_a_refusal_of_its_own_kind_is_an_oversight() -> None:
    """TypeError, which is masked and logged."""
    with pytest.raises(TypeError):
        failure_of(refusals.Refusal("no"))


def test_options_are_spelled_as_in_the_schema() -> None:
    """An option's path is camel case; a criterion with an underscore keeps its own name."""
    assert failure_of(refusals.InvalidInput("no", ("n_tips",))).path == ["nTips"]
    assert failure_of(refusals.Conflict("no", ("idempotency_key",))).path == ["idempotencyKey"]
    assert failure_of(refusals.InvalidInput("no", ("scores", "tone_of_voice"))).path == ["scores", "tone_of_voice"]


def test_a_field_names_its_own_argument() -> None:
    """Where the experiment's argument is `name`, the path says so; other paths stay."""
    for given, said in ((("experiment",), ("name",)), (("baseline",), ("baseline",)), ((), ())):
        with pytest.raises(refusals.Conflict) as caught, called("name"):
            raise refusals.Conflict("no", given)
        assert caught.value.path == said


def test_a_message_that_quotes_a_body_is_cut() -> None:
    """A name of 200,000 characters is not sent back."""
    failure = failure_of(refusals.NotFound(f"there is no {'x' * 200_000}"))
    assert len(failure.message) == refusals.LONGEST + 1
