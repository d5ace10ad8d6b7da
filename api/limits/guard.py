"""The checks before anything of an operation runs, the same for single answers and for streams."""

import asyncio
import math
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLError, OperationType
from strawberry.extensions import SchemaExtension

from api.access import refusal
from api.context import ApiContext
from api.errors import BAD_REQUEST, coded, shown
from api.execution.prepared_documents import NOTHING, PreparedDocument, PreparedDocuments
from api.limits.document_limits import DocumentLimits, OperationPlan
from api.limits.rate_limits import Buckets

LEAST_COST = 10
"""The least that a document costs for the rate limit, also one that is refused."""

COST_OF_TEXT = 0.5
"""The cost of a character of a document that is not cached: parsing and validating 8 KB can take 0.1 s."""


@dataclass(frozen=True)
class Guarding:
    """The limits, documents and buckets that every operation of a schema is checked against."""

    documents: PreparedDocuments
    limits: DocumentLimits
    buckets: Buckets

    def prepare(
        self, context: ApiContext, text: str, variables: Mapping[str, Any], name: str | None
    ) -> PreparedDocument:
        """Return the document if this caller may run it now, else NOTHING with the errors; set the context's cost.

        The text of an anonymous caller is not even parsed.
        """
        if context.caller is None:
            return refused(coded("UNAUTHENTICATED", "Sign in first."))
        if text not in self.documents:
            wait = self.buckets.take(context.caller.subject, len(text) * COST_OF_TEXT)
            if wait:
                return too_fast(wait)
        prepared = self.documents.get(text)
        planned = prepared.plan
        context.cost = LEAST_COST if planned is None else planned.cost.given(variables, planned.defaults)
        charged = LEAST_COST if context.cost > self.limits.cost else max(context.cost, LEAST_COST)
        wait = self.buckets.take(context.caller.subject, charged)
        if wait:
            return too_fast(wait)
        if planned is None or prepared.errors:
            return PreparedDocument(NOTHING, None, prepared.errors)
        error = refusal(context.caller, planned.role) or self._bad_request(planned, context, name)
        return prepared if error is None else refused(error)

    def _bad_request(self, planned: OperationPlan, context: ApiContext, name: str | None) -> GraphQLError | None:
        if context.cost > self.limits.cost:
            return coded("TOO_COMPLEX", f"This costs {context.cost}, more than {self.limits.cost}.", cost=context.cost)
        if name is not None and name != planned.name:
            return coded(BAD_REQUEST, "The document has no operation of that name.")
        if planned.operation is OperationType.MUTATION and context.via != "http":
            return coded(BAD_REQUEST, "Mutations are for POST requests that answer once.")
        if planned.operation is OperationType.SUBSCRIPTION and context.via == "http":
            return coded(BAD_REQUEST, "Subscriptions need a websocket, or Accept: text/event-stream.")
        return None

    def seconds(self, prepared: PreparedDocument) -> float | None:
        """Return how many seconds the operation may run, None for a mutation or subscription, which is not cut off."""
        planned = prepared.plan
        return self.limits.seconds if planned is not None and planned.operation is OperationType.QUERY else None


def refused(error: GraphQLError) -> PreparedDocument:
    """Return the stand-in for a document that may not run."""
    return PreparedDocument(NOTHING, None, (error,))


def too_fast(wait: float) -> PreparedDocument:
    """Return the stand-in for a document whose caller has to wait for `wait` seconds."""
    return refused(coded("RATE_LIMITED", "Too much in too short a time.", retryAfter=math.ceil(wait)))


class Guard(SchemaExtension):
    """The checks for what strawberry streams; each caller sees only the errors that are theirs to see."""

    guarding: Guarding
    prepared: PreparedDocument

    def on_parse(self) -> Iterator[None]:
        """Use the prepared document, or NOTHING, instead of parsing the text again."""
        execution = self.execution_context
        name = execution._provided_operation_name  # noqa: SLF001 - strawberry's public name for it looks in the document
        execution._provided_operation_name = None  # noqa: SLF001 - NOTHING has no operation of that name
        text, variables = execution.query or "", execution.variables or {}
        self.prepared = self.guarding.prepare(self._context, text, variables, name)
        execution.graphql_document = self.prepared.document
        yield

    def on_validate(self) -> Iterator[None]:
        """Set the prepared document's errors instead of validating again."""
        self.execution_context.pre_execution_errors = list(self.prepared.errors)
        yield

    async def on_execute(self) -> AsyncIterator[None]:
        """End a query that runs longer than it may."""
        async with asyncio.timeout(self.guarding.seconds(self.prepared)):
            yield

    def on_stream_result(self, result: Any) -> Iterator[None]:
        """Mask the errors of an event, and drop what was loaded for it."""
        mask(result, self._context)
        yield
        self._context.forget()

    def get_results(self) -> dict[str, Any]:
        """Return the operation's cost, for the response's extensions."""
        return {"cost": self._context.cost}

    @property
    def _context(self) -> ApiContext:
        context: ApiContext = self.execution_context.context
        return context


def mask(result: Any, context: ApiContext) -> None:
    """Replace a result's errors by what the caller may see; doing so twice changes nothing."""
    if result.errors:
        result.errors = [shown(error, context.caller, context.request_id) for error in result.errors]
