"""Raises refusals for errors of core and resources, and for options that are none."""

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from contracts.refusals import InvalidInput, Refusal, Unavailable
from core.benchmark.spec import Options
from core.expected_error import ExpectedError
from kit.refusals import refusal_of
from kit.validation import in_words


@contextmanager
def refusing() -> Iterator[None]:
    """Raise the refusal of an expected error, Unavailable for one of the system; let defects pass through."""
    try:
        yield
    except Refusal:
        raise
    except ExpectedError as error:
        raise refusal_of(error) from error
    except OSError as error:
        said = f"the home cannot be used ({error.strerror}): make room or correct its permissions"
        raise Unavailable(said) from error


def options_from(given: dict[str, object]) -> Options:
    """Return options from JSON by their names; raise InvalidInput, with the option's name, for one that is wrong."""
    for name, value in given.items():
        if name not in Options.__struct_fields__:
            raise InvalidInput(f"{name!r:.80} is not an option", (f"{name:.80}",))
        try:
            msgspec.convert({name: value}, Options)
        except msgspec.ValidationError as error:
            raise InvalidInput(in_words(error, Options), (name,)) from error
    return msgspec.convert(given, Options)
