"""Errors that people can mend or must accept: each says which refusal it is and which field it is about, as data."""

from typing import ClassVar


class ExpectedError(Exception):
    """Base of every error that is no defect.

    `path` names the input field that is to blame, outermost first, and is empty where none is. `code` is the error's
    row in the table of refusals; an INTERNAL one is a defect to a caller of the API, who cannot mend it.
    `operator_code` is its row on the command line, whose reader runs Tipbench; None where that is the same.
    `caller_message` is what a caller of the API reads where the message itself may name files of the home.
    """

    code: str = "INTERNAL"
    operator_code: ClassVar[str | None] = None
    caller_message: ClassVar[str | None] = None

    def __init__(self, message: str, path: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.path = path


class FieldError(ExpectedError, ValueError):
    """A value that cannot be used, in the field of `path`."""

    code = "INVALID_INPUT"

    def __init__(self, message: str, path: tuple[str, ...]) -> None:
        super().__init__(message, path)


class OperatorError(ExpectedError):
    """Something of the installation that only whoever runs Tipbench can mend."""

    operator_code = "INVALID_INPUT"
