"""Serves a module alone: each method of its contract as a POST that only the gateway may make."""

import logging
import re
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, Router

from contracts.modules.sealing import Erased
from contracts.refusals import Forbidden, InvalidInput, Refusal
from contracts.trace import TRACEPARENT
from kit.http.answers import problem
from kit.http.bodies import read_body
from kit.http.headers import Malformed, header_of
from kit.validation import path_of
from resources.rpc.internal_tokens import NotInternal, Principal
from resources.rpc.operations import Operation

logger = logging.getLogger(__name__)
LARGEST = 8 << 20
TRACE = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
Allowed = Callable[[Principal, str, Mapping[str, Any]], bool]


class RpcFailure(msgspec.Struct, frozen=True):
    """An expected failure for the gateway: the contract's class, its message, field and code."""

    kind: str
    message: str
    path: tuple[str, ...]
    code: str


class RpcEndpoint:
    """The HTTP endpoint of a module in a process of its own.

    The principal comes from the token alone; of the other headers only the trace is read. `allowed(principal,
    operation, parameters)` is the module's own rule of which users' data may be requested.
    """

    def __init__(
        self,
        module: Any,
        operations: Mapping[str, Operation],
        verify: Callable[[str], Principal],
        allowed: Allowed = lambda *_: True,
    ) -> None:
        self._module, self._operations, self._verify, self._allowed = module, operations, verify, allowed

    def app(self, lifespan: Callable[[Router], AbstractAsyncContextManager[None]] | None = None) -> Router:
        """Return the app: `POST /call/OPERATION` with the parameters as JSON, and `GET /healthz`.

        `lifespan` surrounds serving.
        """
        return Router(
            [
                Route("/call/{operation}", self._call, methods=["POST"]),
                Route("/healthz", lambda _: PlainTextResponse("ok"), methods=["GET"]),
            ],
            lifespan=lifespan,
        )

    async def _call(self, request: Request) -> Response:
        try:
            principal = self._verify(_bearer(request))
        except NotInternal as error:
            logger.info("a call was refused: %s", error)
            return Response(status_code=401, headers={"WWW-Authenticate": "Bearer"})
        trace = request.headers.get("traceparent", "")
        TRACEPARENT.set(trace if TRACE.fullmatch(trace) else None)
        operation = self._operations.get(request.path_params["operation"])
        if operation is None:
            return Response(status_code=404)
        try:
            body = await read_body(request.scope, request.receive, LARGEST)
        except Refusal as refusal:
            return _failure(refusal)
        return await self._answer(principal, operation, body)

    async def _answer(self, principal: Principal, operation: Operation, body: bytes) -> Response:
        try:
            given = operation.unpacked(body)
            if not self._allowed(principal, operation.name, given):
                raise Forbidden("this is another user's")
            answer = await run_in_threadpool(lambda: getattr(self._module, operation.name)(**given))
        except msgspec.DecodeError as error:
            return _failure(InvalidInput(str(error), path_of(error)))
        except (Refusal, Erased) as error:
            return _failure(error)
        return Response(msgspec.json.encode(answer), media_type="application/json")


def _bearer(request: Request) -> str:
    try:
        scheme, _, token = (header_of(request.scope, "authorization") or "").partition(" ")
    except Malformed:
        scheme = token = ""
    if scheme.lower() != "bearer":
        raise NotInternal("no token, or several")
    return token.strip()


def _failure(error: Refusal | Erased) -> Response:
    """Return the failure with the class that the contracts know, of which the module's own may be a subclass."""
    kind = next(kind.__name__ for kind in type(error).__mro__ if KINDS.get(kind.__name__) is kind)
    refusal = error if isinstance(error, Refusal) else Refusal(str(error), code="GONE")
    return problem(refusal, {"kind": kind})


KINDS: Mapping[str, type[Exception]] = {
    kind.__name__: kind
    for kind in (*Refusal.__subclasses__(), Refusal, Erased)
    if kind.__module__.startswith("contracts.")
}
"""Every failure that a contract names, by the name of its class."""
