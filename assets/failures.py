"""Turns what people can mend into a Dagster failure of one sentence that no retry would help."""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
from dagster._core.errors import DagsterUserCodeProcessError
from dagster_shared.error import SerializableErrorInfo

from contracts.refusals import Refusal
from core.expected_error import ExpectedError


class Refused(DagsterUserCodeProcessError, dg.Failure):
    """A failure that Dagit shows as its sentence alone.

    Below any other failure Dagit prints the traceback; of an error of the first base it takes what that holds instead.
    """

    def __init__(self, sentence: str) -> None:
        shown = SerializableErrorInfo(message=sentence, stack=[], cls_name="Refused")
        super().__init__(sentence, user_code_process_error_infos=[shown])  # type: ignore[no-untyped-call]  # Dagster's
        self.allow_retries = False


@contextmanager
def in_one_sentence() -> Iterator[None]:
    """Turn errors of input, state and disk into a failure with their message; defects pass through as they are.

    Our own sentences stand alone; what a library says keeps its traceback.
    """
    try:
        yield
    except (ExpectedError, Refusal) as error:
        raise Refused(str(error)) from None
    except (ValueError, RuntimeError, OSError) as error:
        raise dg.Failure(description=str(error), allow_retries=False) from error
