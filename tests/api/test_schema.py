import pytest
from graphql import build_schema as parsed_schema

from api.fields import query
from api.schema import build_schema, print_schema
from contracts.access.caller import Role
from tests.api.serving import example


def test_the_printed_schema_is_a_schema_and_stable() -> None:
    """It parses, ends with one line break, and is the same for each build in a process."""
    text = print_schema(example())
    assert parsed_schema(text).query_type is not None
    assert text.endswith("}\n")
    assert text == print_schema(example())


def test_everything_is_described() -> None:
    """Types, fields, arguments and enum values of what the API brings itself."""
    schema = example().graphql_schema
    bare = []
    for name, kind in schema.type_map.items():
        if name.startswith("__") or name in {"String", "Int", "Float", "Boolean", "ID"}:
            continue
        bare += [name] if not kind.description else []
        for field_name, field in getattr(kind, "fields", {}).items():
            bare += [f"{name}.{field_name}"] if not field.description else []
            for argument_name, argument in field.args.items():
                bare += [f"{name}.{field_name}({argument_name})"] if not argument.description else []
        for value_name, value in getattr(kind, "values", {}).items():
            bare += [f"{name}.{value_name}"] if not value.description else []
    assert bare == []


def test_parts_are_put_together_under_one_root() -> None:
    """Fields of several nouns, in their order; without a query there is no schema."""

    class One:
        @query(Role.USER, "One.")
        def one(self) -> int:
            """One."""
            return 1

    class Two:
        @query(Role.USER, "Two.")
        def two(self) -> int:
            """Two."""
            return 2

    root = build_schema([One, Two]).graphql_schema.query_type
    assert root is not None
    assert list(root.fields) == ["one", "two"]
    with pytest.raises(ValueError, match="needs a query"):
        build_schema([])
