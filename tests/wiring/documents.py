"""A smallest document for every root field of a schema, so that a walk cannot leave a new one out."""

from collections.abc import Iterator
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLNonNull,
    GraphQLSchema,
    Undefined,
    get_named_type,
    is_leaf_type,
    is_list_type,
)

VALUES = {"Int": "1", "Float": "1.5", "Boolean": "true", "JSON": "{}"}


def documents(schema: GraphQLSchema, texts: dict[str, str]) -> Iterator[tuple[str, str]]:
    """(`Query.field`, document) with every required argument; `texts` gives strings by the argument's name."""
    for kind, root in (
        ("query", schema.query_type),
        ("mutation", schema.mutation_type),
        ("subscription", schema.subscription_type),
    ):
        for name, field in (root.fields if root else {}).items():
            needed = {key: given for key, given in field.args.items() if isinstance(given.type, GraphQLNonNull)}
            given = {key: arg for key, arg in needed.items() if not _has_default(arg)}
            arguments = ", ".join(f"{key}: {_value(key, arg.type, texts)}" for key, arg in given.items())
            inner = "" if is_leaf_type(get_named_type(field.type)) else " { __typename }"
            call = f"{name}({arguments})" if arguments else name
            yield f"{root.name if root else ''}.{name}", f"{kind} {{ {call}{inner} }}"


def _has_default(argument: GraphQLArgument) -> bool:
    return argument.default_value is not Undefined


def _value(name: str, kind: Any, texts: dict[str, str]) -> str:
    if isinstance(kind, GraphQLNonNull):
        kind = kind.of_type
    if is_list_type(kind):
        return f"[{_value(name, kind.of_type, texts)}]"
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values))
    if isinstance(kind, GraphQLInputObjectType):
        fields = {key: each for key, each in kind.fields.items() if isinstance(each.type, GraphQLNonNull)}
        inner = ", ".join(f"{key}: {_value(key, each.type, texts)}" for key, each in fields.items())
        return f"{{{inner}}}"
    return VALUES.get(kind.name) or f'"{texts.get(name, "nothing-of-that-name")}"'
