"""The one table of refusals: what each stable code is over HTTP, in GraphQL's unions and on the command line."""

from collections.abc import Mapping
from dataclasses import dataclass

from contracts import refusals
from contracts.refusals import Refusal
from core.expected_error import ExpectedError

PROBLEM = "application/problem+json"
"""The media type of a refusal over HTTP, RFC 9457; GraphQL's endpoint keeps GraphQL's own shape."""
WRONG_INPUT, PARTIAL, DEFECT = 2, 3, 70
"""Exit codes: what was asked for has to change; the same may be tried again; a defect of ours."""


@dataclass(frozen=True, slots=True)
class RefusalRow:
    """What a code is everywhere.

    `failure` is its member of a mutation's union in the schema; without one GraphQL says it as an error. `retry_s` is
    after how many seconds to ask again, where nothing better is known.
    """

    status: int
    failure: str | None = None
    exit_code: int = WRONG_INPUT
    retry_s: int | None = None


REFUSALS: Mapping[str, RefusalRow] = {
    "REFUSED": RefusalRow(400),
    "INVALID_INPUT": RefusalRow(422, "InvalidInput"),
    "INVALID_ID": RefusalRow(422, "InvalidInput"),
    "INVALID_CURSOR": RefusalRow(422, "InvalidInput"),
    "NOT_FOUND": RefusalRow(404, "NotFound"),
    "NAME_TAKEN": RefusalRow(409, "NameTaken"),
    "CONFLICT": RefusalRow(409, "Conflict"),
    "GONE": RefusalRow(410, "Conflict"),
    "PRECONDITION_FAILED": RefusalRow(412, "Conflict"),
    "PRECONDITION_REQUIRED": RefusalRow(428),
    "KEY_REUSED": RefusalRow(422),
    "IN_PROGRESS": RefusalRow(409, "InProgress", PARTIAL, retry_s=1),
    "FORBIDDEN": RefusalRow(403, "Forbidden"),
    "FRESH_SIGN_IN_NEEDED": RefusalRow(403),
    "FOREIGN_ORIGIN": RefusalRow(403),
    "UNAUTHENTICATED": RefusalRow(401),
    "BAD_SIGNATURE": RefusalRow(401),
    "AMBIGUOUS_CREDENTIALS": RefusalRow(400),
    "ATTEMPT_GONE": RefusalRow(400),
    "SIGN_IN_REFUSED": RefusalRow(400),
    "PROVIDER_AWAY": RefusalRow(502),
    "BAD_REQUEST": RefusalRow(400),
    "INCOMPLETE": RefusalRow(400),
    "TOO_COMPLEX": RefusalRow(400),
    "METHOD_NOT_ALLOWED": RefusalRow(405),
    "TOO_LARGE": RefusalRow(413),
    "UNSUPPORTED_MEDIA_TYPE": RefusalRow(415),
    "MISDIRECTED": RefusalRow(421),
    "RATE_LIMITED": RefusalRow(429),
    "TIMEOUT": RefusalRow(503, exit_code=PARTIAL, retry_s=1),
    "UNAVAILABLE": RefusalRow(503, "Unavailable", PARTIAL, retry_s=1),
    "INTERNAL": RefusalRow(500, exit_code=DEFECT),
}
"""By code. A new refusal is a row here and a class beside what raises it."""

CLASSES: Mapping[str, type[Refusal]] = {
    kind.code: kind for kind in Refusal.__subclasses__() if kind.__module__ == refusals.__name__
}
"""The class that the contracts have for a code."""

SLOW_REQUEST = RefusalRow(408, exit_code=PARTIAL)
"""TIMEOUT where the request and not the answer took too long."""


def row_of(error: ExpectedError) -> RefusalRow:
    """Return the row of an error's code, for a code that is in no row the one of its nearest base class."""
    kinds = (kind for kind in type(error).__mro__ if issubclass(kind, ExpectedError))
    return next(REFUSALS[code] for code in (error.code, *(kind.code for kind in kinds)) if code in REFUSALS)


def exit_code_of(error: ExpectedError) -> int:
    """Return the exit code of a command that ends with this error."""
    row = row_of(error) if error.operator_code is None else REFUSALS[error.operator_code]
    return row.exit_code


def refusal_of(error: ExpectedError, path: tuple[str, ...] | None = None) -> Refusal:
    """Return the refusal that a caller is answered with; raise the error itself if its code is INTERNAL.

    `path` is the field where this caller knows it by another name than the error.
    """
    if isinstance(error, Refusal):
        return error
    kind = CLASSES.get(error.code)
    if kind is None:
        raise error
    return kind(error.caller_message or str(error), error.path if path is None else path)
