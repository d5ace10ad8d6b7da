"""Where a value is that msgspec refused."""

from typing import Annotated, Any, Literal

import msgspec
import pytest

from kit.validation import in_words, outermost, path_of


class Inner(msgspec.Struct, forbid_unknown_fields=True):
    """What stands inside."""

    size: int
    names: list[dict[str, int]] = []


class Outer(msgspec.Struct, forbid_unknown_fields=True):
    """A record."""

    inner: Inner
    by_name: dict[str, Inner] = {}
    by_number: dict[int, int] = {}


@pytest.mark.parametrize(
    ("given", "path"),
    [
        (3, ()),
        ([], ()),
        ({}, ("inner",)),
        ({"inner": {"size": "x"}}, ("inner.size",)),
        ({"inner": {}}, ("inner.size",)),
        ({"inner": {"size": 1, "sizes": 2}}, ("inner.sizes",)),
        ({"inner": {"size": 1}, "more": 1}, ("more",)),
        ({"inner": {"size": 1}, "": 1}, ()),
        ({"inner": {"size": 1, "": 1}}, ("inner.",)),
        ({"inner": {"size": 1, "names": [{"a": "x"}]}}, ("inner.names[0][...]",)),
        ({"inner": {"size": 1}, "by_name": {"a": {"size": "x"}}}, ("by_name[...].size",)),
        ({"inner": {"size": 1}, "by_number": {"a": 1}}, ("by_number",)),
        ({"inner": {"size": 1}, "x" * 500: 1}, ("x" * 80,)),
    ],
)
def test_the_field_to_blame_is_named(given: Any, path: tuple[str, ...]) -> None:
    """What is missing or too much is named as what is wrong is; the whole value has no name."""
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.json.decode(msgspec.json.encode(given), type=Outer)
    assert path_of(refused.value) == path


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (3, ""),
        ({}, "inner"),
        ({"inner": {"size": "x"}}, "inner"),
        ({"inner": {"size": 1}, "by_name": {"a": {"size": "x"}}}, "by_name"),
        ({"inner": {"size": 1}, "more": 1}, "more"),
    ],
)
def test_the_outermost_field_is_the_one_of_the_whole_value(given: Any, field: str) -> None:
    """A file has its line, whatever inside it is wrong."""
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.convert(given, Outer)
    assert outermost(refused.value) == field


class Kinds(msgspec.Struct, forbid_unknown_fields=True):
    """A value of every kind."""

    size: int
    mode: Literal["chat", "completion"] = "chat"
    share: float | None = None
    names: tuple[str, ...] = ()
    pair: tuple[str, str] = ("", "")
    part: Annotated[float, msgspec.Meta(ge=0, le=1)] | None = None
    least: Annotated[int, msgspec.Meta(ge=1)] = 1
    short: Annotated[str, msgspec.Meta(min_length=1, max_length=3)] = "x"
    parts: tuple[Annotated[float, msgspec.Meta(ge=0, le=1)], ...] = ()
    few: Annotated[dict[str, int], msgspec.Meta(max_length=1)] = {}
    coded: Annotated[str, msgspec.Meta(pattern="^x$")] = "x"


OTHERS = "size, mode, share, names, pair, part, least, short, parts, few, coded"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "field 'size' is missing"),
        ({"size": 1, "sise": 2}, "field 'sise' is not known: use " + OTHERS),
        ({"size": 1, "": 2}, "field '' is not known: use " + OTHERS),
        ({"size": "x"}, "field 'size' is not a whole number but a text"),
        ({"size": 1, "mode": "talk"}, "field 'mode': 'talk' is not one of chat, completion"),
        ({"size": 1, "share": []}, "field 'share' is not a number but a list"),
        ({"size": 1, "names": [True]}, "field 'names[0]' is not a text but true or false"),
        ({"size": 1, "names": {}}, "field 'names' is not a list but a table of fields"),
        ({"size": 1, "pair": ["x"]}, "field 'pair' is not a list of 2 entries"),
        ({"size": 1, "part": 3}, "field 'part' is not a number from 0 to 1"),
        ({"size": 1, "part": -3}, "field 'part' is not a number from 0 to 1"),
        ({"size": 1, "parts": [0, 3]}, "field 'parts[1]' is not a number from 0 to 1"),
        ({"size": 1, "least": 0}, "field 'least' is not a whole number of at least 1"),
        ({"size": 1, "short": ""}, "field 'short' is not a text of 1 to 3 characters"),
        ({"size": 1, "few": {"a": 1, "b": 1}}, "field 'few' is not a table of fields of at most 1 entries"),
        ({"size": 1, "coded": "y"}, "field 'coded' is not a text of the form that it must have"),
        ([], "the whole is not a table of fields but a list"),
    ],
)
def test_people_read_no_types(given: Any, said: str) -> None:
    """What is wrong is said in the words of those who write files."""
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.convert(given, Kinds)
    assert in_words(refused.value, Kinds) == said


def test_without_the_record_the_bound_that_was_crossed_is_said() -> None:
    """Both are known from the record alone."""
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.convert({"size": 1, "part": 3}, Kinds)
    assert in_words(refused.value) == "field 'part' is not a number of at most 1"


class Nested(msgspec.Struct, forbid_unknown_fields=True):
    """Records inside lists and mappings."""

    rows: tuple[Kinds, ...] = ()
    by_name: dict[str, Kinds] | None = None


@pytest.mark.parametrize("given", [{"rows": [{"size": 1, "sise": 2}]}, {"by_name": {"a": {"size": 1, "sise": 2}}}])
def test_what_may_stand_there_is_named_inside_lists_and_mappings(given: Any) -> None:
    """For an unknown field of an entry; nothing is named where no record is known."""
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.convert(given, Nested)
    assert in_words(refused.value, Nested).endswith(".sise' is not known: use " + OTHERS)
    assert in_words(refused.value).endswith(".sise' is not known")
    assert in_words(refused.value, dict[str, int]).endswith(".sise' is not known")
