"""The checks before anything of an operation runs, the same for single answers and for streams."""

import asyncio
import math
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from graphql import GraphQLError, OperationType
from strawberry.extensions import SchemaExtension

from api.access import refusal
from api.context import ApiContext
from api.errors import BAD_REQUEST, coded, shown
from api.execution.prepared_documents import NOTHING, PreparedDocument, PreparedDocuments
from api.limits.compute_pool import ComputePool, QueueFull
from api.limits.document_limits import DocumentLimits, OperationPlan
from api.limits.document_queues import DocumentQueues
from api.limits.document_weights import reading_cost, validation_cost
from api.limits.held_refusals import HeldRefusals
from api.limits.rate_limits import Buckets
from contracts.access.caller import Caller, Role

LEAST_COST = 10
"""The least that a document costs for the rate limit, also one that is refused."""

QUEUE_WAIT_S = 1.0
"""The seconds after which a caller may try again whose documents fill their places in a queue."""

LARGE = 2_048
"""A document of more characters is prepared beside the event loop."""

MOST_SMALL, MOST_LARGE = 64, 4
"""Documents of a caller, up to `LARGE` characters and over, that wait to be prepared."""


class TooFast(GraphQLError):
    """Raised for a caller who has to wait for `wait` seconds."""

    def __init__(self, wait: float) -> None:
        extensions = {"code": "RATE_LIMITED", "retryAfter": math.ceil(wait)}
        super().__init__("Too much in too short a time.", extensions=extensions)


@dataclass(frozen=True)
class Guarding:
    """The limits, documents and buckets that every operation of a schema is checked against."""

    documents: PreparedDocuments
    limits: DocumentLimits
    buckets: Buckets
    large_documents: ComputePool = field(default_factory=lambda: ComputePool(each=MOST_LARGE, most=32))
    queues: Mapping[bool, DocumentQueues] = field(
        default_factory=lambda: {True: DocumentQueues(MOST_LARGE), False: DocumentQueues(MOST_SMALL)}
    )
    held_refusals: HeldRefusals = field(default_factory=HeldRefusals)

    async def prepare(
        self, context: ApiContext, text: str, variables: Mapping[str, Any], name: str | None
    ) -> PreparedDocument:
        """Return the document if this caller may run it now, else NOTHING with the errors; set the context's cost.

        The text of an anonymous caller is not even parsed. RATE_LIMITED waits a moment before it is returned.
        """
        caller = context.caller
        if caller is None:
            return refused(coded("UNAUTHENTICATED", "Sign in first."))
        context.spend = partial(self.buckets.spend, caller.subject)
        try:
            prepared = await self._prepared(caller, text)
            planned = prepared.plan
            context.compressible = planned is not None and planned.operation is OperationType.QUERY
            context.cost = LEAST_COST if planned is None else planned.cost.given(variables, planned.defaults)
            self._charge(caller, LEAST_COST if context.cost > self.limits.cost else max(context.cost, LEAST_COST))
        except TooFast as error:
            await self.held_refusals.wait(caller.subject)
            return refused(error)
        if planned is None or prepared.errors:
            return PreparedDocument(NOTHING, None, prepared.errors)
        barred = refusal(caller, planned.role) or self._bad_request(planned, context, name)
        return prepared if barred is None else refused(barred)

    async def _prepared(self, caller: Caller, text: str) -> PreparedDocument:
        """Return the document, cached or made now; each step of making is charged before it is done."""
        hints = caller.role >= Role.ADMIN
        found = self.documents.find(text, hints=hints)
        if found is not None:
            return found
        try:
            async with self.queues[len(text) > LARGE].taken(caller.subject):
                return self.documents.find(text, hints=hints) or await self._made(caller, text, hints=hints)
        except QueueFull:
            raise TooFast(QUEUE_WAIT_S) from None

    async def _made(self, caller: Caller, text: str, *, hints: bool) -> PreparedDocument:
        """Return the document, made in this caller's turn; raise QueueFull where the worker's queue is full."""
        self._charge_preparing(caller, text, reading_cost(text))
        made = read = await self._prepare_step(caller, text, "read", lambda: self.documents.read(text))
        if read.plan is not None:
            self._charge_preparing(caller, text, validation_cost(read.document, read.plan))
            step = "hinted" if hints else "validated"
            made = await self._prepare_step(caller, text, step, lambda: self.documents.validated(read, hints=hints))
        self.documents.add(text, made, hints=hints)
        return made

    async def _prepare_step(
        self, caller: Caller, text: str, name: str, step: Callable[[], PreparedDocument]
    ) -> PreparedDocument:
        """Return what a step gives, for a large document beside the event loop; raise QueueFull for a full queue."""
        if len(text) <= LARGE:
            return step()
        prepared: PreparedDocument = await self.large_documents.run(caller.subject, f"{name} {text}", step)
        return prepared

    def _charge_preparing(self, caller: Caller, text: str, cost: float) -> None:
        self._charge(caller, cost)
        self.queues[len(text) > LARGE].spend(caller.subject, cost)

    def _charge(self, caller: Caller, cost: float) -> None:
        wait = self.buckets.take(caller.subject, cost)
        if wait:
            raise TooFast(wait)

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


class Guard(SchemaExtension):
    """The checks for what strawberry streams; each caller sees only the errors that are theirs to see."""

    guarding: Guarding
    prepared: PreparedDocument

    async def on_parse(self) -> AsyncIterator[None]:
        """Use the prepared document, or NOTHING, instead of parsing the text again."""
        execution = self.execution_context
        name = execution._provided_operation_name  # noqa: SLF001 - strawberry's public name for it looks in the document
        execution._provided_operation_name = None  # noqa: SLF001 - NOTHING has no operation of that name
        text, variables = execution.query or "", execution.variables or {}
        self.prepared = await self.guarding.prepare(self._context, text, variables, name)
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
        """Mask the errors of an event, drop what was loaded for it, and have the next look pay for it."""
        mask(result, self._context)
        yield
        self._context.owed += self._context.cost
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
