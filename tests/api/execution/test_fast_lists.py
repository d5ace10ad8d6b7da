import asyncio
import random
from enum import Enum
from typing import Any, ClassVar

import msgspec
import orjson
import pytest
import strawberry
from strawberry.extensions import FieldExtension

from api.access import Gate
from api.execution.computed import computed
from api.execution.fast_lists import FastLists
from contracts.access.caller import Role
from tests.api.memory_services import MemoryServices


@strawberry.enum
class Mood(Enum):
    """Of a row."""

    GOOD = "good"
    BAD = "bad"


@strawberry.interface
class Named:
    """Has a name."""

    name: str


class Inner(msgspec.Struct):
    """A row in a row."""

    x: Any
    label: Any


class Row(msgspec.Struct):
    """Whatever a record could hold, right or wrong."""

    name: Any
    size: Any
    share: Any
    fine: Any
    mood: Any
    key: Any
    note: Any
    tags: Any
    inner: Any
    inners: Any


class Other(Row):
    """Of another class."""


@strawberry.type
class InnerType:
    """Shows Inner."""

    x: float
    label: str | None


class Twice(FieldExtension):
    """Something that a field does beside being read."""

    def resolve(self, next_: Any, source: Any, info: Any, **kwargs: Any) -> Any:
        """Read it."""
        return next_(source, info, **kwargs)


@strawberry.type
class Thing(Named):
    """Shows Row."""

    is_type_of = lambda value, _: isinstance(value, Row)  # noqa: E731 - strawberry takes a function of the class

    name: str
    size: int
    share: float
    fine: bool
    mood: Mood | None
    key: strawberry.ID
    note: str | None
    tags: list[str]
    inner: InnerType | None
    inners: list[InnerType | None] | None
    loud: str = computed(lambda row: row.name.upper(), str, "x")

    @strawberry.field
    def resolved(self) -> str:
        """Not a plain attribute."""
        return "r"

    wrapped: str = strawberry.field(extensions=[Twice()], resolver=lambda root: root.note)


ROWS: list[Any] = []
CONTEXT = MemoryServices().context()


@strawberry.type
class Query:
    """Lists of all kinds."""

    @strawberry.field(graphql_type=list[Thing])  # type: ignore[untyped-decorator] # strawberry's own
    def things(self) -> list[Any]:
        """Strict."""
        return ROWS

    @strawberry.field(graphql_type=list[Thing | None] | None)  # type: ignore[untyped-decorator] # strawberry's own
    def maybe(self) -> list[Any]:
        """Nullable."""
        return ROWS

    @strawberry.field(graphql_type=list[Named])  # type: ignore[untyped-decorator] # strawberry's own
    def named(self) -> list[Any]:
        """RecordingApp an interface."""
        return ROWS

    @strawberry.field(graphql_type=list[Thing])  # type: ignore[untyped-decorator] # strawberry's own
    def stream(self) -> Any:
        """Not a list, but gives rows."""
        return (row for row in ROWS)

    @strawberry.field(graphql_type=list[list[Thing]])  # type: ignore[untyped-decorator] # strawberry's own
    def nested(self) -> Any:
        """Lists in a list."""
        return [ROWS[:3], ROWS[3:], [], ROWS, ROWS, ROWS]


FAST, STOCK = (
    strawberry.Schema(Query, types=[Thing], execution_context_class=FastLists),
    strawberry.Schema(Query, types=[Thing]),
)
LEAVES = ["name", "size", "share", "fine", "mood", "key", "note", "tags", "loud", "resolved", "wrapped", "__typename"]
WRONG: dict[str, list[Any]] = {
    "name": [None, 5, True, Mood.GOOD, ValueError("no")],
    "size": [None, 2**31, -(2**31) - 1, True, 1.0, 1.5, "7", "x", 2**40],
    "share": [None, float("nan"), float("inf"), 3, "2.5", "x", True, 10**400],
    "fine": [None, 1, 0.0, "yes"],
    "mood": ["bad", "worse", Mood.BAD, 5, []],
    "key": [5, None, 1.5, 2**70],
    "note": [None, 5, b"x"],
    "tags": [None, [], ["a", None], ("a", "b"), "text", [5]],
    "inner": [None, Inner("x", None), Inner(None, "b"), Inner(1, "b"), 5],
    "inners": [None, [], [None], [Inner(0.5, "a"), None], [Inner(None, "a")]],
}


def _row(draw: random.Random, wrong: float) -> Any:
    row = Row(
        draw.choice("abc"),
        draw.randrange(9),
        draw.random(),
        draw.random() < 0.5,
        Mood.GOOD,
        "k",
        "n",
        ["t"],
        Inner(1.0, "i"),
        [],
    )
    for field, values in WRONG.items():
        if draw.random() < wrong:
            setattr(row, field, draw.choice(values))
    odd = draw.random()
    return Other(**msgspec.structs.asdict(row)) if odd < wrong / 4 else None if odd < wrong / 2 else row


def _selection(draw: random.Random, depth: int = 0) -> str:
    parts = []
    for _ in range(draw.randrange(1, 7)):
        name = draw.choice([*LEAVES[: draw.choice([9, 12])], "inner", "inners"])
        alias = f"{draw.choice('pqrs')}_{name}:" if draw.random() < 0.3 else ""
        beneath = "{" + draw.choice(["x", "label", "x label", "__typename x", "n:x label"]) + "}"
        skipped = draw.choice(["", "", "", "@skip(if:$no)", "@include(if:$no)"])
        parts.append(f"{alias}{name}{skipped}{beneath if name.startswith('inner') else ''}")
    if depth < 2 and draw.random() < 0.3:
        parts.append(
            draw.choice(["...on Thing", "...on Named", "...", "...@include(if:$no)"])
            + "{"
            + "name size:name"[: draw.choice([4, 4])]
            + "}"
        )
    if draw.random() < 0.2:
        parts.append("...F")
    return " ".join(parts)


def _document(draw: random.Random) -> str:
    root = draw.choice(["things", "things", "maybe", "stream", "nested", "named"])
    inside = f"...on Thing{{{_selection(draw)}}} name" if root == "named" else _selection(draw)
    fragment = "fragment F on Thing{name mood inner{label}}" if "...F" in inside else ""
    return f"query($no:Boolean!){{{root}{{{inside}}}}}{fragment}"


def _answer(schema: strawberry.Schema, text: str, no: bool) -> bytes:
    result: Any = schema.execute_sync(text, {"no": no}, CONTEXT)
    errors = [error.formatted for error in result.errors or ()]
    return orjson.dumps([result.data, errors], default=repr)


@pytest.mark.parametrize("seed", range(12))
def test_answers_are_byte_equal_to_stock(seed: int, caplog: pytest.LogCaptureFixture) -> None:
    """Data with the order of its keys, errors and paths, over 40 documents and rows each, 480 in all."""
    caplog.set_level("CRITICAL")
    draw = random.Random(seed)  # noqa: S311 - the same documents every time
    for _ in range(40):
        ROWS[:] = [_row(draw, draw.choice([0, 0, 0.02, 0.2])) for _ in range(draw.choice([0, 3, 5, 12]))]
        text, no = _document(draw), draw.random() < 0.5
        assert _answer(FAST, text, no) == _answer(STOCK, text, no), text


class _Counting(FastLists):
    """Names the types of the lists that took the short way."""

    short: ClassVar[list[str]] = []

    def _rows(self, *arguments: Any) -> Any:
        done = super()._rows(*arguments)
        _Counting.short.append(arguments[0].name)
        return done


def _took_short_way(schema_query: type, text: str) -> bool:
    _Counting.short.clear()
    schema = strawberry.Schema(schema_query, execution_context_class=_Counting)
    result = asyncio.run(schema.execute(text, {"no": False}, MemoryServices().context()))
    assert result.errors is None
    return _Counting.short[-1:] in (["Thing"], ["Secretive"])


@pytest.mark.parametrize(
    ("selection", "short"),
    [
        ("name size share fine mood key note tags loud __typename inner{x} inners{label}", True),
        ("name resolved", False),
        ("name wrapped", False),
    ],
)
def test_the_short_way_is_for_plain_and_computed_fields(selection: str, short: bool) -> None:
    """A resolver or an extension takes graphql-core's own way."""
    draw = random.Random(0)  # noqa: S311 - the same rows every time
    ROWS[:] = [_row(draw, 0) for _ in range(9)]
    assert _took_short_way(Query, f"{{things{{{selection}}}}}") is short


def test_a_gated_field_is_never_served_by_the_short_way() -> None:
    """Its gate runs for each row; a caller without the role gets no value."""

    @strawberry.type
    class Secretive:
        name: str
        secret: str = strawberry.field(extensions=[Gate(Role.ADMIN)])

    @strawberry.type
    class Secrets:
        @strawberry.field(graphql_type=list[Secretive])  # type: ignore[untyped-decorator] # strawberry's own
        def rows(self) -> list[Any]:
            return [Secretive(name="n", secret="s")] * 9

    assert _took_short_way(Secrets, "{rows{name}}")
    schema = strawberry.Schema(Secrets, execution_context_class=_Counting)
    _Counting.short.clear()
    refused = asyncio.run(schema.execute("{rows{name secret}}", context_value=MemoryServices().context(Role.USER)))
    assert refused.data is None
    assert refused.errors
    assert _Counting.short == []
