"""Expected failures: what a caller can mend or must accept, each with a stable code and the field it is about."""

from core.expected_error import ExpectedError

LONGEST = 1_000
"""Characters of a message; what it quotes may be as long as a body."""


class Refusal(ExpectedError):
    """Base of all expected failures that a caller is answered with."""

    code = "REFUSED"

    def __init__(self, message: str, path: tuple[str, ...] = (), code: str | None = None) -> None:
        self.message = message if len(message) <= LONGEST else f"{message[:LONGEST]}…"
        if code is not None:
            self.code = code
        super().__init__(self.message, path)


class InvalidInput(Refusal):
    """A value that cannot be used."""

    code = "INVALID_INPUT"


class NotFound(Refusal):
    """Nothing of that name or id, or nothing that this caller may know of."""

    code = "NOT_FOUND"


class NameTaken(Refusal):
    """The name is in use for something else; only one that was deleted is free again."""

    code = "NAME_TAKEN"


class Conflict(Refusal):
    """The state does not allow it: archived, closed, another body under the same key, the last admin."""

    code = "CONFLICT"


class InProgress(Refusal):
    """The same is being done already; the caller may try again in a moment."""

    code = "IN_PROGRESS"


class Forbidden(Refusal):
    """The caller's role allows the operation, and this object is not the caller's."""

    code = "FORBIDDEN"


class Unavailable(Refusal):
    """Something that is needed is unavailable for now: the code server, the database, the disk. Nothing was changed."""

    code = "UNAVAILABLE"
