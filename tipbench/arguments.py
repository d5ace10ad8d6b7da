"""Arguments of another type than a method takes are refused in a sentence, and no frames of ours are shown with it."""

import functools
import inspect
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from numbers import Integral
from types import NoneType, UnionType
from typing import Any, ParamSpec, TypeVar, Union, get_args, get_origin

from tipbench.errors import Error

Given = ParamSpec("Given")
T = TypeVar("T")
WORDS: dict[Any, str] = {str: "a text", bool: "True or False", int: "a whole number", os.PathLike: "a path"}
SHOWN = 60
"""Characters of a value that a sentence shows."""


def checked(method: Callable[Given, T]) -> Callable[Given, T]:
    """Return the method, which raises Error for an argument that its annotation does not allow.

    The traceback of an Error ends at the caller's line and one of ours. Keywords of the options are left to their
    record, and a choice to what it is a choice of.
    """
    signature = inspect.signature(method)
    hints = {
        name: parameter.annotation
        for name, parameter in signature.parameters.items()
        if name != "self" and parameter.kind is not inspect.Parameter.VAR_KEYWORD
    }

    @functools.wraps(method)
    def call(*args: Given.args, **kwargs: Given.kwargs) -> T:
        try:
            given = signature.bind(*args, **kwargs).arguments
        except TypeError:  # Python's own sentence names the method
            return method(*args, **kwargs)
        for name, hint in hints.items():
            several = signature.parameters[name].kind is inspect.Parameter.VAR_POSITIONAL
            for value in given.get(name, ()) if several else [given[name]] if name in given else []:
                if not _fits(value, hint):
                    raise Error(f"{name} is {value!r:.{SHOWN}}: give {_words(hint)}", 2)
        try:
            return method(*args, **kwargs)
        except Error as error:
            raise error.with_traceback(None) from error.__cause__

    return call


def _fits(value: Any, hint: Any) -> bool:
    origin, parts = get_origin(hint) or hint, get_args(hint)
    if origin in {Union, UnionType}:
        return any(_fits(value, part) for part in parts)
    if origin is int:
        return isinstance(value, Integral) and not isinstance(value, bool)
    if isinstance(origin, type) and issubclass(origin, Iterable) and origin is not str:
        return _all_fit(value, origin, parts)
    return not isinstance(origin, type) or isinstance(value, origin)


def _all_fit(value: Any, origin: type, parts: tuple[Any, ...]) -> bool:
    """Return whether a mapping or list holds what it may; one that can be gone through only once is none."""
    if issubclass(origin, Mapping):
        pairs = value.items() if isinstance(value, Mapping) else None
        return pairs is not None and all(_fits(key, parts[0]) and _fits(each, parts[1]) for key, each in pairs)
    again = isinstance(value, Iterable) and not isinstance(value, str | bytes | Iterator)
    return again and all(_fits(each, parts[0]) for each in value)


def _words(hint: Any) -> str:
    origin, parts = get_origin(hint) or hint, get_args(hint)
    if origin in {Union, UnionType}:
        return " or ".join(dict.fromkeys(_words(part) for part in parts if part is not NoneType))
    if origin in WORDS:
        return WORDS[origin]
    if issubclass(origin, Mapping):
        return f"a mapping to {_words(parts[1])}"
    return f"a list, each {_words(parts[0])}"
