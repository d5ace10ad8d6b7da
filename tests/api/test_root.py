"""The admin schema as a whole: fresh, described, compatible with the released one."""

from pathlib import Path

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    build_schema,
    find_breaking_changes,
)

from api.root import admin_schema
from api.schema import print_schema

ROOT = Path(__file__).parents[2]


def test_the_committed_schema_is_the_codes() -> None:
    """schema.graphql is what `make schema` prints now."""
    assert (ROOT / "schema.graphql").read_text("utf-8") == print_schema(admin_schema()), "run make schema"


def test_nothing_that_was_released_is_broken() -> None:
    """A client of the released schema still works; a planted removal is seen, so the comparison bites."""
    released = (ROOT / "tests" / "golden" / "released.graphql").read_text("utf-8")
    now = print_schema(admin_schema())
    old = build_schema(released)
    assert [change.description for change in find_breaking_changes(old, build_schema(now))] == []
    planted = now.replace("  coverage: Float!\n", "  coverage: String!\n", 1)
    assert find_breaking_changes(old, build_schema(planted)) != []


def test_everything_is_described() -> None:
    """Every type, field, argument, input field and enum value of ours says what it is."""
    silent = []
    for name, named in build_schema(print_schema(admin_schema())).type_map.items():
        if name.startswith("__") or name in {"String", "Int", "Float", "Boolean", "ID"}:
            continue
        silent += [] if named.description else [name]
        if isinstance(named, GraphQLObjectType | GraphQLInterfaceType):
            for field_name, field in named.fields.items():
                silent += [] if field.description else [f"{name}.{field_name}"]
                silent += [f"{name}.{field_name}({arg})" for arg, a in field.args.items() if not a.description]
        if isinstance(named, GraphQLInputObjectType):
            silent += [f"{name}.{field_name}" for field_name, f in named.fields.items() if not f.description]
        if isinstance(named, GraphQLEnumType):
            silent += [f"{name}.{value}" for value, v in named.values.items() if not v.description]
    assert silent == []


POLICIES = ["policies", "tipPauses", "policyState"]
"""At most 200 promotions, 1,000 pauses and two states."""


def test_lists_that_grow_are_connections() -> None:
    """Only lists that are bounded by one experiment's spec, by the catalog's files or by a stated number are plain."""
    schema = build_schema(print_schema(admin_schema()))
    assert schema.query_type is not None
    plain = [name for name, field in schema.query_type.fields.items() if str(field.type).startswith("[")]
    assert plain == [
        "cellPairs",
        "assetChecks",
        "invitations",
        "erasures",
        "pushKeys",
        "connectionHealth",
        "vaultKeys",
        *POLICIES,
        "webhooks",
    ]
