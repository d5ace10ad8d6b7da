"""The schema: put together from the nouns once per process, and refused when something in it lacks a role."""

from collections.abc import Sequence
from typing import Any

import strawberry
from graphql import GraphQLObjectType
from strawberry.schema.config import StrawberryConfig

from api.access import RequiresRole, check_roots
from api.failures import HANDLERS
from api.node import Node


class AdminSchema(strawberry.Schema):
    """A strawberry schema that does not build while a root field or a Node type has no declared role."""

    def __init__(self, query: type, mutation: type | None, subscription: type | None, types: Sequence[type]) -> None:
        super().__init__(
            query,
            mutation,
            subscription,
            types=types,
            config=StrawberryConfig(disable_field_suggestions=True),
            schema_directives=[RequiresRole],
            exception_handlers=HANDLERS,
        )
        roots = [getattr(root, "__strawberry_definition__", None) for root in (query, mutation, subscription)]
        check_roots(roots, self._nodes())

    def _nodes(self) -> list[Any]:
        interface = Node.__strawberry_definition__  # type: ignore[attr-defined] # set by the decorator
        named = self._schema.type_map.values()
        objects = [
            each.extensions["strawberry-definition"]
            for each in named
            if isinstance(each, GraphQLObjectType) and "strawberry-definition" in each.extensions
        ]
        return [each for each in objects if interface in each.interfaces]


def _root(name: str, parts: Sequence[type], description: str) -> type | None:
    if not parts:
        return None
    for part in parts:
        if "__strawberry_definition__" not in part.__dict__:
            strawberry.type(part)
    return strawberry.type(type(name, tuple(parts), {}), name=name, description=description)


def build_schema(
    queries: Sequence[type],
    mutations: Sequence[type] = (),
    subscriptions: Sequence[type] = (),
    types: Sequence[type] = (),
) -> AdminSchema:
    """The schema of the nouns' root classes; `types` are those that only an interface leads to.

    Ungated when a root field or Node type has no role or a mutation is not audited.
    """
    query = _root("Query", queries, "What can be read.")
    if query is None:
        raise ValueError("a schema needs a query")
    mutation = _root("Mutation", mutations, "What can be changed; each leaves one row in the audit log.")
    subscription = _root("Subscription", subscriptions, "What can be followed while it happens.")
    return AdminSchema(query, mutation, subscription, types)


def print_schema(schema: AdminSchema) -> str:
    """The schema file's text; the same for the same code."""
    return schema.as_str() + "\n"
