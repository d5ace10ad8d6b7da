"""The schema: put together from the nouns once per process, and refused when something in it lacks a role."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import strawberry
from graphql import GraphQLError, GraphQLObjectType
from strawberry.extensions import SchemaExtension
from strawberry.types import ExecutionContext
from strawberry.types.execution import ExecutionResult

from api.access import RequiresRole, check_roots
from api.context import ApiContext
from api.errors import record
from api.failures import HANDLERS
from api.fast_lists import FastLists
from api.limits import Limits
from api.node import Node
from api.prepared import Guard, Guarding, PreparedDocuments, mask
from api.rates import Buckets, Rate


class AdminSchema(strawberry.Schema):
    """A strawberry schema that does not build while a root field or a Node type has no declared role."""

    def __init__(
        self,
        query: type,
        mutation: type | None,
        subscription: type | None,
        types: Sequence[type],
        limits: Limits,
        buckets: Buckets,
    ) -> None:
        super().__init__(
            query,
            mutation,
            subscription,
            types=types,
            execution_context_class=FastLists,
            schema_directives=[RequiresRole],
            exception_handlers=HANDLERS,
        )
        roots = [getattr(root, "__strawberry_definition__", None) for root in (query, mutation, subscription)]
        check_roots(roots, self._nodes())
        self.guarding = Guarding(PreparedDocuments(self._schema, limits), limits, buckets)

    def get_extensions(self, sync: bool = False) -> list[SchemaExtension]:  # noqa: ARG002 - strawberry passes it
        """One guard an operation."""
        guard = Guard()
        guard.guarding = self.guarding
        return [guard]

    async def execute(self, *arguments: Any, **named: Any) -> ExecutionResult:
        """As strawberry's; `context_value` is an ApiContext, whose caller sees only the errors that are theirs."""
        result = await super().execute(*arguments, **named)
        context: Any = named.get("context_value", arguments[2] if len(arguments) > 2 else None)
        mask(result, context)
        return result

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Into the log, without text of the query."""
        context = getattr(execution_context, "context", None)
        record(errors, context.request_id if isinstance(context, ApiContext) else "-")

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
    *,
    limits: Limits | None = None,
    rate: Rate | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> AdminSchema:
    """The schema of the nouns' root classes; `types` are those that only an interface leads to.

    `clock` gives the seconds by which callers' buckets fill.

    Ungated when a root field or Node type has no role or a mutation is not audited.
    """
    query = _root("Query", queries, "What can be read.")
    if query is None:
        raise ValueError("a schema needs a query")
    mutation = _root("Mutation", mutations, "What can be changed; each leaves one row in the audit log.")
    subscription = _root("Subscription", subscriptions, "What can be followed while it happens.")
    buckets = Buckets(rate or Rate(), clock)
    return AdminSchema(query, mutation, subscription, types, limits or Limits(), buckets)


def print_schema(schema: AdminSchema) -> str:
    """The schema file's text; the same for the same code."""
    return schema.as_str() + "\n"
