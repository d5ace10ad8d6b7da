"""What every entry point says of an option: its words, range, metavar and default, and whether the pin fixes it."""

from types import NoneType, UnionType
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

import msgspec


class OptionInfo(NamedTuple):
    """One option of a record of options; `low` and `high` bound a number, both ends included, None without a bound.

    `kind` is str, int, float or tuple for a list of texts; `choices` are the only texts there are, empty for any.
    `words` say what it does, without their full stop; `default` what holds where nobody gives it, of which `value` is
    the part that needs no other option, None without one.
    """

    name: str
    kind: type
    choices: tuple[str, ...]
    words: str
    metavar: str
    low: float | None
    high: float | None
    says_range: bool
    pinned: bool
    value: Any
    default: str

    @property
    def sentence(self) -> str:
        """Return the words with the range, as one sentence."""
        return _sentence(self.words, self.low, self.high, says_range=self.says_range)


def option(  # what there is to say of an option, all of it by name
    words: str,
    metavar: str,
    *,
    low: float | None = None,
    high: float | None = None,
    says_range: bool = True,
    pinned: bool = True,
    value: Any = None,
    default: str | None = None,
) -> msgspec.Meta:
    """Return the annotation that carries what is said of an option; msgspec checks nothing of it.

    Without `default` the value is what is said of it.
    """
    said = ", ".join(value) if isinstance(value, tuple) else "none" if value is None else str(value)
    extra = {
        "words": words,
        "metavar": metavar,
        "low": low,
        "high": high,
        "says_range": says_range and low is not None,
        "pinned": pinned,
        "value": value,
        "default": said if default is None else default,
    }
    return msgspec.Meta(description=_sentence(words, low, high, says_range=extra["says_range"]), extra=extra)


def _sentence(words: str, low: float | None, high: float | None, *, says_range: bool) -> str:
    return f"{words}, {low:.12g} to {high:.12g}." if says_range else f"{words}."


def options_in(record: type[msgspec.Struct]) -> dict[str, OptionInfo]:
    """Return what is said of each annotated field of a record, by name in its order."""
    hints = get_type_hints(record, include_extras=True)
    return {name: _info(name, hints[name]) for name in record.__struct_fields__ if hasattr(hints[name], "__metadata__")}


def _info(name: str, hint: Any) -> OptionInfo:
    plain, meta = get_args(hint)
    kind = plain
    if get_origin(plain) in {Union, UnionType}:
        (kind,) = (part for part in get_args(plain) if part is not NoneType)
    choices: tuple[str, ...] = get_args(kind) if get_origin(kind) is Literal else ()
    bare = str if choices else get_origin(kind) or kind
    return OptionInfo(name, bare, choices, **meta.extra)
