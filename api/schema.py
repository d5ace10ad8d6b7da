"""The schema: put together of the nouns once a process, and refused when something in it lacks a role."""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import strawberry
from graphql import ExecutionResult as GraphQLResult
from graphql import GraphQLError, GraphQLObjectType, GraphQLSchema, execute
from strawberry.execution import optimized_is_awaitable
from strawberry.extensions import SchemaExtension
from strawberry.types import ExecutionContext
from strawberry.types.execution import ExecutionResult, PreExecutionError
from strawberry.types.graphql import OperationType

from api.access import RequiresRole, check_roots
from api.context import ApiContext
from api.errors import record
from api.execution.fast_lists import FastLists
from api.execution.prepared_documents import PreparedDocument, PreparedDocuments
from api.failures import HANDLERS
from api.limits.document_limits import DocumentLimits
from api.limits.guard import Guard, Guarding, mask
from api.limits.rate_limits import Buckets, TokenRate
from api.types.node import Node


class AdminSchema(strawberry.Schema):
    """A strawberry schema that does not build while a root field or a Node type lacks a role."""

    def __init__(
        self,
        query: type,
        mutation: type | None,
        subscription: type | None,
        types: Sequence[type],
        limits: DocumentLimits,
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
        self.guarding = Guarding(PreparedDocuments(self.graphql_schema, limits), limits, buckets)

    @property
    def graphql_schema(self) -> GraphQLSchema:
        """Return the schema as graphql-core executes it."""
        return self._schema

    def get_extensions(self, sync: bool = False) -> list[SchemaExtension]:  # noqa: ARG002 - strawberry passes it
        """Return a new guard for each operation."""
        guard = Guard()
        guard.guarding = self.guarding
        return [guard]

    async def execute(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any | None = None,
        root_value: Any | None = None,
        operation_name: str | None = None,
        allowed_operation_types: Iterable[OperationType] | None = None,  # noqa: ARG002 - the context's `via` decides
        operation_extensions: dict[str, Any] | None = None,  # noqa: ARG002 - none are known
    ) -> ExecutionResult:
        """Return the single result of a query or mutation; `context_value` is the operation's ApiContext.

        It calls graphql-core itself: strawberry makes a context manager for each step of each request.
        """
        context: ApiContext = context_value  # type: ignore[assignment] # every transport passes one, roles depend on it
        prepared = await self.guarding.prepare(context, query or "", variable_values or {}, operation_name)
        if prepared.errors:
            result: ExecutionResult = PreExecutionError(None, list(prepared.errors))
        else:
            try:
                done = await self._run(prepared, variable_values, context, root_value)
                result = ExecutionResult(done.data, done.errors)
            except TimeoutError as error:
                result = PreExecutionError(None, [GraphQLError("", original_error=error)])
        if result.errors:
            record(result.errors, context.request_id)
        mask(result, context)
        result.extensions = {"cost": context.cost}
        return result

    async def _run(self, prepared: PreparedDocument, variables: Any, context: ApiContext, root: Any) -> GraphQLResult:
        """Return what it gives; raise TimeoutError where it takes too long: only what waits is timed."""
        seconds, began = self.guarding.seconds(prepared), asyncio.get_running_loop().time()
        done = execute(
            self.graphql_schema,
            prepared.document,
            root,
            context,
            variables,
            execution_context_class=FastLists,
            is_awaitable=optimized_is_awaitable,
        )
        if isinstance(done, GraphQLResult):
            return done
        async with asyncio.timeout_at(None if seconds is None else began + seconds):
            return await done

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Write the errors to the log, without text of the query."""
        context = getattr(execution_context, "context", None)
        record(errors, context.request_id if isinstance(context, ApiContext) else "-")

    def _nodes(self) -> list[Any]:
        interface = Node.__strawberry_definition__  # type: ignore[attr-defined] # set by the decorator
        named = self.graphql_schema.type_map.values()
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
    limits: DocumentLimits | None = None,
    rate: TokenRate | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> AdminSchema:
    """Return the schema of the nouns' root classes; `types` are those that only an interface leads to.

    `clock` gives the seconds by which callers' buckets fill. Raise Ungated when a root field or Node type has no role
    or a mutation is not audited, ValueError when no query is given.
    """
    query = _root("Query", queries, "What can be read.")
    if query is None:
        raise ValueError("a schema needs a query")
    mutation = _root("Mutation", mutations, "What can be changed; each leaves one row in the audit log.")
    subscription = _root("Subscription", subscriptions, "What can be followed while it happens.")
    buckets = Buckets(rate or TokenRate(), clock)
    return AdminSchema(query, mutation, subscription, types, limits or DocumentLimits(), buckets)


def print_schema(schema: AdminSchema) -> str:
    """Return the text of the schema file, the same for the same code."""
    return schema.as_str() + "\n"
