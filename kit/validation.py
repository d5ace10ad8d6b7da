"""Where a value is that msgspec refused: the one place that reads it out of msgspec's sentence."""

import re
from collections.abc import Iterator
from typing import Literal, get_args, get_origin, get_type_hints

import msgspec

_PLACE = re.compile(r"^(.*?)(?: - at `(?:key` in `)?\$(.*)`)?$", re.DOTALL)
_EXPECTED = re.compile(r"^Expected `(.+?)`(?:, got `(.+)`| (.*))?$", re.DOTALL)
_BOUND = re.compile(r"^(of length )?(?:(<=|>=|<|>) )?(-?[0-9.e+-]+)(?:, got .*)?$")
_WORDS = {"<=": "of at most", ">=": "of at least", "<": "below", ">": "above", None: "of"}
_VALUE = re.compile(r"^Invalid enum value (.+)$", re.DOTALL)
_KINDS = {
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "a table of fields",
    "null": "nothing",
}
_UNKNOWN = re.compile(r"^Object (?:contains unknown|missing required) field `(.*)`$", re.DOTALL)


def path_of(error: msgspec.DecodeError) -> tuple[str, ...]:
    """Return the field that is to blame, with what it stands in as `outer.inner[0]`; empty for the whole value.

    It is empty too for a field of the whole whose name is empty.
    """
    found = _PLACE.match(str(error))
    said, place = (found[1], (found[2] or "").removeprefix(".")) if found else ("", "")
    named = _UNKNOWN.match(said)
    field = f"{place}.{named[1]}" if named and place else named[1] if named else place
    return (field[:80],) if field else ()


def outermost(error: msgspec.DecodeError) -> str:
    """Return the field of the whole value in which the one to blame stands, or is; empty for the value itself."""
    return re.split(r"[.\[]", "".join(path_of(error)), maxsplit=1)[0]


def in_words(error: msgspec.DecodeError, record: object = None) -> str:
    """Return what is wrong and in which field, for people who write files and know no types.

    Where `record` has a choice of texts for the field, bounds, or other fields than an unknown one, they are named.
    """
    found = _PLACE.match(str(error))
    said = found[1] if found else str(error)
    where = f"field {path_of(error)[0]!r}" if path_of(error) else "the whole"
    if said.startswith("Object missing required field"):
        return f"{where} is missing"
    if said.startswith("Object contains unknown field"):
        field = "".join(path_of(error))
        fields = _fields_there(record, field)
        return f"field {field!r} is not known" + (f": use {', '.join(fields)}" if fields else "")
    if value := _VALUE.match(said):
        choice = _choice(record, path_of(error)[0]) if path_of(error) else ()
        return f"{where}: {value[1]} is not one of {', '.join(choice) or 'the values that it may have'}"
    if expected := _EXPECTED.match(said):
        wanted = " or ".join(_KINDS.get(kind, kind) for kind in expected[1].split(" | ") if kind != "null")
        got = _KINDS.get(expected[2] or "", "something else")
        if expected[2]:
            return f"{where} is not {wanted} but {got}"
        return f"{where} is not {wanted} {_within(expected[1], expected[3] or '', record, ''.join(path_of(error)))}"
    return f"{where} has a value that it cannot have"


def _within(kind: str, said: str, record: object, field: str) -> str:
    """Return the bounds that a value is not within, of the record where it has both, else as msgspec says the one."""
    found = _BOUND.match(said)
    if not found:
        return "of the form that it must have"
    of_length, sign, bound = found.groups()
    counted = (" characters" if kind == "str" else " entries") if of_length else ""
    for meta in _metas(_hint_at(record, field)):
        low, high = (meta.min_length, meta.max_length) if of_length else (meta.ge, meta.le)
        if low is not None and high is not None:
            return f"of {low} to {high}{counted}" if of_length else f"from {low:.12g} to {high:.12g}"
    return f"{_WORDS[sign]} {float(bound):.12g}{counted}"


def _hint_at(record: object, field: str) -> object:
    """Return the type of a field with its annotations; None where that is not known."""
    outer, _, name = _without_index(field).rpartition(".")
    there = _type_at(record, outer) if outer else record
    return get_type_hints(there, include_extras=True).get(name) if isinstance(there, type) else None


def _metas(hint: object) -> Iterator[msgspec.Meta]:
    """Yield what msgspec is told of a type and of the types in it."""
    yield from (each for each in getattr(hint, "__metadata__", ()) if isinstance(each, msgspec.Meta))
    for part in get_args(hint):
        yield from _metas(part)


def _choice(record: object, field: str) -> tuple[str, ...]:
    """Return the texts that the field at `outer[0].inner` of a record may have; empty where it has no choice."""
    found = _type_at(record, field)
    return get_args(found) if get_origin(found) is Literal else ()


def _fields_there(record: object, field: str) -> tuple[str, ...]:
    """Return the fields that may stand where `field` does; empty where that is not known."""
    outer = _without_index(field).rpartition(".")[0]
    found = _type_at(record, outer) if outer else record
    return found.__struct_encode_fields__ if isinstance(found, type) and issubclass(found, msgspec.Struct) else ()


def _type_at(record: object, field: str) -> object:
    """Return the type of the value at a field, that of the entries for a list or a mapping; None if there is none."""
    found = record
    for name in _without_index(field).split("."):
        found = get_type_hints(found).get(name) if isinstance(found, type) else None
        while get_origin(found) not in (None, Literal):
            parts = [part for part in get_args(found) if part not in (type(None), ...)]
            found = parts[-1] if parts and get_origin(found) is dict else next(iter(parts), None)
    return found


def _without_index(field: str) -> str:
    return re.sub(r"\[[^]]*\]", "", field)
