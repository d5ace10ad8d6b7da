"""Documents made ready once: parsed, planned and validated, with what must hold before anything of them runs."""

import asyncio
import math
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

from graphql import DocumentNode, GraphQLError, GraphQLSchema, GraphQLSyntaxError, OperationType, parse
from strawberry.extensions import SchemaExtension
from strawberry.schema.schema import validate_document
from strawberry.types import ExecutionContext

from api.access import refusal
from api.context import ApiContext
from api.errors import BAD_REQUEST, coded, shown
from api.facts import SchemaFacts
from api.limits import Limits, Plan, plan
from api.rates import Buckets

NOTHING = parse("{__typename}")
"""Stands for a document that is refused, so that nothing of it is looked at again."""

REFUSED_COST = 10
"""What a refused document counts for the rate limit, and the least that any counts."""


@dataclass(frozen=True)
class Prepared:
    """A document with its plan; without one it cannot run, `errors` say why."""

    document: DocumentNode
    plan: Plan | None
    errors: tuple[GraphQLError, ...] = ()


class PreparedDocuments:
    """The most recently used documents of one schema; `made` counts those that were prepared."""

    def __init__(self, schema: GraphQLSchema, limits: Limits, size: int = 500, longest: int = 16_384) -> None:
        self._schema, self._limits, self._size, self._longest = schema, limits, size, longest
        self._facts = SchemaFacts(schema)
        self._rules = tuple(ExecutionContext("", None, ()).validation_rules)  # type: ignore[arg-type] # the default rules only
        self._kept: OrderedDict[str, Prepared] = OrderedDict()
        self.made = 0

    def get(self, text: str) -> Prepared:
        """Of a document's text; what is refused or long is made anew each time, so that it pushes nothing out."""
        found = self._kept.get(text)
        if found is not None:
            self._kept.move_to_end(text)
            return found
        made = self._make(text)
        if not made.errors and len(text) <= self._longest:
            self._kept[text] = made
            if len(self._kept) > self._size:
                self._kept.popitem(last=False)
        return made

    def _make(self, text: str) -> Prepared:
        self.made += 1
        try:
            document = parse(text, max_tokens=self._limits.tokens)
            planned = plan(self._facts, document, self._limits)
        except GraphQLSyntaxError as error:
            large = "tokens" in error.message or "too deeply" in error.message
            code = "TOO_COMPLEX" if large else BAD_REQUEST
            return Prepared(NOTHING, None, (GraphQLError(error.message, extensions={"code": code}),))
        except GraphQLError as error:
            return Prepared(NOTHING, None, (error,))
        except RecursionError:
            return Prepared(NOTHING, None, (coded("TOO_COMPLEX", "The document is nested too deeply."),))
        errors = validate_document(self._schema, document, self._rules)
        return Prepared(document, planned, tuple(errors))


@dataclass(frozen=True)
class Guarding:
    """What every operation of a schema is held against."""

    documents: PreparedDocuments
    limits: Limits
    buckets: Buckets

    def admit(self, prepared: Prepared, context: ApiContext, variables: dict[str, Any]) -> GraphQLError | None:
        """Why the document may not run for this caller now, or None; sets the context's cost."""
        planned = prepared.plan
        if context.caller is None:
            return coded("UNAUTHENTICATED", "Sign in first.")
        cost = context.cost = REFUSED_COST if planned is None else planned.cost.given(variables, planned.defaults)
        charged = REFUSED_COST if cost > self.limits.cost else max(cost, REFUSED_COST)
        wait = self.buckets.take(context.caller.subject, charged)
        if wait:
            return coded("RATE_LIMITED", "Too much in too short a time.", retryAfter=math.ceil(wait))
        if planned is None or prepared.errors:
            return None
        return refusal(context.caller, planned.role) or self._unfit(planned, context)

    def _unfit(self, planned: Plan, context: ApiContext) -> GraphQLError | None:
        if context.cost > self.limits.cost:
            return coded("TOO_COMPLEX", f"This costs {context.cost}, more than {self.limits.cost}.", cost=context.cost)
        if planned.operation is OperationType.MUTATION and context.via != "http":
            return coded(BAD_REQUEST, "Mutations are for POST requests that answer once.")
        if planned.operation is OperationType.SUBSCRIPTION and context.via == "http":
            return coded(BAD_REQUEST, "Subscriptions need a websocket, or Accept: text/event-stream.")
        return None


class Guard(SchemaExtension):
    """Refuses before anything runs, and shows each caller only the errors that are theirs to see."""

    guarding: Guarding
    prepared: Prepared

    def on_stream_result(self, result: Any) -> Iterator[None]:
        """Mask the errors of each event, and read afresh for the next."""
        mask(result, self._context)
        yield
        self._context.forget()

    def on_parse(self) -> Iterator[None]:
        """Take the prepared document; anonymous text is not even parsed."""
        execution = self.execution_context
        if self._context.caller is None:
            self.prepared = Prepared(NOTHING, None)
        else:
            self.prepared = self.guarding.documents.get(execution.query or "")
        execution.graphql_document = self.prepared.document
        wanted, execution._provided_operation_name = execution._provided_operation_name, None
        planned = self.prepared.plan
        if wanted is not None and planned is not None and wanted != planned.name:
            self.prepared = Prepared(
                NOTHING, None, (coded(BAD_REQUEST, "The document has no operation of that name."),)
            )
        yield

    def on_validate(self) -> Iterator[None]:
        """Refuse, or let it run without validating again."""
        execution = self.execution_context
        refused = self.guarding.admit(self.prepared, self._context, execution.variables or {})
        execution.pre_execution_errors = list(self.prepared.errors) if refused is None else [refused]
        yield

    async def on_execute(self) -> AsyncIterator[None]:
        """A query ends in time; a mutation is never cut off half way."""
        planned = self.prepared.plan
        if planned is None or planned.operation is not OperationType.QUERY:
            yield
            return
        async with asyncio.timeout(self.guarding.limits.seconds):
            yield

    def get_results(self) -> dict[str, Any]:
        """The cost of what ran."""
        return {"cost": self._context.cost}

    @property
    def _context(self) -> ApiContext:
        context: ApiContext = self.execution_context.context
        return context


def mask(result: Any, context: ApiContext) -> None:
    """Leave of a result's errors what its caller may see; twice is as good as once."""
    if result.errors:
        result.errors = [shown(error, context.caller, context.request_id) for error in result.errors]
