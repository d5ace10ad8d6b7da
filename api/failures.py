"""Expected failures as members of a mutation's union: the schema lists them and a client must handle them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import strawberry
from strawberry.types.field import StrawberryField
from strawberry.utils.str_converters import to_camel_case

from contracts import refusals
from core.benchmark.spec import Options
from kit.refusals import REFUSALS, row_of


@strawberry.interface(description="Why something was not done; nothing was changed.")
class Failure:
    """The base of all failures: a code, a message and a path."""

    code: str = strawberry.field(description="Stable, for programs.")
    message: str = strawberry.field(description="For people.")
    path: list[str] = strawberry.field(description="The input field that is to blame, outermost first; may be empty.")


@strawberry.type(description="A value that cannot be used.")
class InvalidInput(Failure):
    """See contracts.refusals.InvalidInput."""


@strawberry.type(description="Nothing of that name or id, or nothing that this caller may know of.")
class NotFound(Failure):
    """See contracts.refusals.NotFound."""


@strawberry.type(description="The name is in use for something else; only one that was deleted is free again.")
class NameTaken(Failure):
    """See contracts.refusals.NameTaken."""


@strawberry.type(description="The state does not allow it: archived, closed, another body under the same key.")
class Conflict(Failure):
    """See contracts.refusals.Conflict."""


@strawberry.type(description="The same is being done already; ask again in a moment.")
class InProgress(Failure):
    """See contracts.refusals.InProgress."""


@strawberry.type(description="The caller's role allows the operation, and this object is not the caller's.")
class Forbidden(Failure):
    """See contracts.refusals.Forbidden."""


@strawberry.type(description="Something that is needed is away for now; nothing was changed.")
class Unavailable(Failure):
    """See contracts.refusals.Unavailable."""


AnyFailure = InvalidInput | NotFound | NameTaken | Conflict | InProgress | Forbidden | Unavailable
"""All failures, for `Annotated[Thing | AnyFailure, strawberry.union("ThingResult", description="…")]`."""

FAILURES: dict[str, type[Failure]] = {
    kind.__name__: kind for kind in (InvalidInput, NotFound, NameTaken, Conflict, InProgress, Forbidden, Unavailable)
}
"""By their names, which the table of refusals gives."""


SPELLED = {*Options.__struct_fields__, "idempotency_key", "max_scenarios"}
"""Option names that the schema spells in camel case."""


def in_schema(field: str) -> str:
    """Return an option's name as the schema spells it, `n_tips` as `nTips`; other names unchanged."""
    return to_camel_case(field) if field in SPELLED else field


def failure_of(refusal: refusals.Refusal) -> Failure:
    """Return the failure that the table has for a refusal's code; raise TypeError when it has none."""
    name = row_of(refusal).failure
    if name is None:
        raise TypeError(f"{type(refusal).__name__} has no failure in the schema")
    return FAILURES[name](code=refusal.code, message=refusal.message, path=[in_schema(p) for p in refusal.path])


@contextmanager
def called(name: str) -> Iterator[None]:
    """Let refusals about `experiment` name the argument `name`, for fields that call it so."""
    try:
        yield
    except refusals.Refusal as refusal:
        if refusal.path == ("experiment",):
            refusal.path = (name,)
        raise


class _Handled:
    """Turns refusals of one class into the failure that the field's union has; a strawberry ExceptionHandler."""

    def __init__(self, refusal: type[refusals.Refusal], failure: type[Failure]) -> None:
        self.exception_type, self.error_type = refusal, failure

    def handle(self, exception: refusals.Refusal, *, field: StrawberryField, info: Any) -> Failure:  # noqa: ARG002 - strawberry passes both
        """Return the member of the field's union."""
        return failure_of(exception)


HANDLERS = [
    _Handled(refusal, FAILURES[name])
    for refusal in refusals.Refusal.__subclasses__()
    if refusal.__module__ == refusals.__name__ and (name := REFUSALS[refusal.code].failure)
]
"""The schema's exception handlers; a failure that a field's union lacks becomes an error with the same code."""
