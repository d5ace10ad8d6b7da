"""Maps errors of core and resources to refusals that name the option they are about."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from contracts.refusals import Conflict, InvalidInput, NameTaken, Refusal, Unavailable
from core.benchmark.draw import DrawError
from core.benchmark.names import InvalidName
from core.benchmark.options import OptionError
from core.benchmark.records import JudgeConflict, UnknownBaseline
from core.benchmark.render import RenderError
from core.benchmark.spec import Options, SpecMismatch
from resources.catalog import CatalogError, UnknownEntry
from resources.catalog.catalog import DuplicateEntry
from resources.lake.journal import JournalBroken
from resources.lake.lock import WriterBusy
from resources.lake.specs import Archived, NotPinned
from resources.models.registry import MissingKey

TABLE: tuple[tuple[type[Exception], type[Refusal], tuple[str, ...]], ...] = (
    (SpecMismatch, NameTaken, ()),
    (OptionError, InvalidInput, ()),
    (UnknownEntry, InvalidInput, ()),
    (DuplicateEntry, InvalidInput, ()),
    (InvalidName, InvalidInput, ("experiment",)),
    (UnknownBaseline, InvalidInput, ("baseline",)),
    (JudgeConflict, InvalidInput, ("judges",)),
    (DrawError, InvalidInput, ("n_scenarios",)),
    (RenderError, InvalidInput, ("prompts",)),
    (MissingKey, InvalidInput, ("models",)),
    (NotPinned, InvalidInput, ("experiment",)),
    (Archived, Conflict, ("experiment",)),
    (CatalogError, Unavailable, ()),
    (JournalBroken, Unavailable, ()),
    (WriterBusy, Conflict, ()),
    (OSError, Unavailable, ()),
)
"""The path is the option that this error is always about; for the first four the message names it (`_path`)."""

ENTRIES = {"model": "models", "prompt": "prompts", "rubric": "rubric"}


@contextmanager
def refusing() -> Iterator[None]:
    """Raise the refusal for an error of the table; refusals and defects pass through as they are."""
    try:
        yield
    except Refusal:
        raise
    except tuple(kind for kind, _, _ in TABLE) as error:
        raise as_refusal(error) from error


def as_refusal(error: Exception) -> Refusal:
    """Return the refusal for an error of the table; raise the error itself if it is not in the table."""
    for kind, refusal, path in TABLE:
        if isinstance(error, kind):
            if isinstance(error, OSError):
                return Unavailable(f"the home cannot be used ({error.strerror}): make room or correct its permissions")
            if isinstance(error, JournalBroken):
                return refusal("the journal of this experiment cannot be read: restore it from a backup", path)
            return refusal(str(error), _path(str(error), path))
    raise error


def options_from(given: dict[str, object]) -> Options:
    """Return options from JSON by their names; raise InvalidInput, with the option's name, for one that is wrong."""
    for name, value in given.items():
        if name not in Options.__struct_fields__:
            raise InvalidInput(f"{name!r:.80} is not an option", (f"{name:.80}",))
        try:
            msgspec.convert({name: value}, Options)
        except msgspec.ValidationError as error:
            raise InvalidInput(f"{name}: {error}", (name,)) from error
    return msgspec.convert(given, Options)


def _path(message: str, path: tuple[str, ...]) -> tuple[str, ...]:
    """Return the option that the message names: by `pinned with X=`, its first word, or the judge or entry in it."""
    pinned = re.search(r"is pinned with (\w+)=", message)
    if pinned:
        return (pinned[1],)
    first = re.match(r"\w+", message)
    word = first[0] if first else ""
    if word in Options.__struct_fields__:
        return (word,)
    if word in ENTRIES:
        return (ENTRIES[word],)
    return ("judges",) if word == "judge" else path or ("experiment",)
