"""The bytes of an answer, made of an operation's result."""

import json
from collections.abc import AsyncGenerator
from typing import Any

import orjson
from graphql import GraphQLError
from strawberry.types.execution import ExecutionResult, PreExecutionError

from api.context import ApiContext
from api.errors import coded, record, shown
from api.schema import AdminSchema
from api.transport.request import GraphQLRequest


def encoded(value: Any) -> bytes:
    """Return the value as JSON in UTF-8; text that UTF-8 cannot hold, such as half a surrogate pair, is escaped."""
    try:
        return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS)
    except TypeError:
        return json.dumps(value).encode("ascii")


def payload(result: ExecutionResult, context: ApiContext) -> dict[str, Any]:
    """Return what a client gets of a result; `data` is left out when nothing ran."""
    body: dict[str, Any] = {} if isinstance(result, PreExecutionError) else {"data": result.data}
    if result.errors:
        body["errors"] = [formatted(error, context) for error in result.errors]
    if result.extensions:
        body["extensions"] = result.extensions
    return body


def formatted(error: GraphQLError, context: ApiContext) -> dict[str, Any]:
    """Return an error as JSON, masked for the context's caller; masking twice does no harm."""
    return dict(shown(error, context.caller, context.request_id).formatted)


def failed(code: str, message: str, **more: Any) -> dict[str, Any]:
    """Return the body of an answer that consists of one error."""
    return {"errors": [dict(coded(code, message, **more).formatted)]}


async def executed(schema: AdminSchema, request: GraphQLRequest, context: ApiContext) -> ExecutionResult:
    """Return the single result of a query or mutation."""
    return await schema.execute(
        request.query, request.variables, context_value=context, operation_name=request.operation_name
    )


async def results(
    schema: AdminSchema, request: GraphQLRequest, context: ApiContext
) -> AsyncGenerator[tuple[bool, dict[str, Any]], None]:
    """Yield every result of an operation as a payload, with True for one that reports why nothing ran."""
    stream = await schema.stream(
        request.query, request.variables, context_value=context, operation_name=request.operation_name
    )
    try:
        async for result in stream:
            if not isinstance(result, ExecutionResult):
                continue  # incremental delivery, which the schema does not offer
            yield isinstance(result, PreExecutionError), payload(result, context)
    except Exception as error:  # noqa: BLE001 - the edge: what strawberry raises past its own results is masked here
        wrapped = GraphQLError(str(error), original_error=error)
        record([wrapped], context.request_id)
        yield True, {"errors": [formatted(wrapped, context)]}
    finally:
        await stream.aclose()
