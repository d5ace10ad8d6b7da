"""Serves the routes that a module declares: callers, roles, bodies, versions, audit rows and answers by its record."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol

import msgspec
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Scope

from contracts.access.caller import Caller
from contracts.module import Download, RouteAnswer, RouteCall, RouteSpec, Service
from contracts.modules.erasure import SignedInLately
from contracts.refusals import Forbidden, InvalidInput, NotFound, Refusal
from kit.http.access import known
from kit.http.answers import PRIVATE, json_answer, problem
from kit.http.bodies import LARGEST_BODY, read_body
from kit.http.etag import etag_answer
from kit.http.headers import header_of, headers_of
from kit.http.json_bodies import check_json, decoded
from services.gateway.rest.versions import tag_of, version_in

BLOCK = 1 << 16


class Stale(Refusal):
    """An irreversible request whose session is not recent enough."""

    code = "FRESH_SIGN_IN_NEEDED"


class Record(Protocol):
    """Writes the audit row of something done or refused by a caller."""

    def __call__(self, request: Request, caller: Caller, operation: str, target: str, outcome: str, /) -> None:
        """Durably; blocking."""
        ...


@dataclass(frozen=True, kw_only=True)
class RouteGuards:
    """What every route is guarded with: who asks, whether they signed in lately, and where audit rows go."""

    caller_of: Callable[[Scope], Caller | None]
    lately: SignedInLately
    record: Record


def module_routes(specs: Sequence[RouteSpec], service: Service, guards: RouteGuards) -> list[Route]:
    """Return the routes for the application's router, each of which asks `service`."""
    return [Route(spec.path, ModuleRoute(spec, service, guards).answer, methods=[spec.method]) for spec in specs]


class ModuleRoute:
    """One route; the edge has found the caller and counted the request."""

    def __init__(self, spec: RouteSpec, service: Service, guards: RouteGuards) -> None:
        self._spec, self._service, self._guards = spec, service, guards

    async def answer(self, request: Request) -> Response:
        """Answer a request, a refusal as a problem."""
        try:
            caller = known(self._guards.caller_of(request.scope))
            handle = self._handled if self._spec.audit is None else self._audited
            answer = await handle(request, caller)
            return self._response(request, caller, answer)
        except Refusal as refusal:
            refused = problem(refusal)
            if refused.status_code == 429 and self._spec.retry_s is not None:
                refused.headers["retry-after"] = str(self._spec.retry_s)
            return refused

    async def _audited(self, request: Request, caller: Caller) -> RouteAnswer:
        outcome, answer = "INTERNAL", RouteAnswer(value=None)
        try:
            answer = await self._handled(request, caller)
            outcome = "done"
        except Refusal as refusal:
            outcome = refusal.code
            raise
        finally:
            actor = caller if answer.actor is None else msgspec.structs.replace(caller, subject=answer.actor)
            row = (request, actor, self._spec.audit or "", answer.target, outcome)
            await run_in_threadpool(self._guards.record, *row)
        return answer

    async def _handled(self, request: Request, caller: Caller) -> RouteAnswer:
        spec = self._spec
        if caller.role < spec.role:
            raise Forbidden(f"this is for {spec.role.name.lower()}s")
        call = await self._checked(request, caller)
        if spec.permits is not None:
            spec.permits(call)
        if spec.recent and not await run_in_threadpool(self._guards.lately, caller):
            raise Stale("sign in again in this browser, then ask within 10 minutes")
        return await run_in_threadpool(spec.endpoint, self._service, call)

    async def _checked(self, request: Request, caller: Caller) -> RouteCall:
        spec = self._spec
        version: int | None = None
        body: Any = None
        if spec.method == "GET" and request.query_params:
            raise InvalidInput("there are no parameters here", (next(iter(request.query_params))[:40],))
        path = {name: _parameter(request, name, kind) for name, kind in spec.parameters.items()}
        if spec.versioned and spec.method != "GET":
            version = version_in(header_of(request.scope, "if-match"), caller.subject)
        if spec.body is not None:
            check_json(headers_of(request.scope))
            body = decoded(await read_body(request.scope, request.receive, LARGEST_BODY), spec.body)
        return RouteCall(caller=caller, path=path, body=body, version=version)

    def _response(self, request: Request, caller: Caller, answer: RouteAnswer) -> Response:
        spec = self._spec
        tag = None if answer.version is None else tag_of(caller.subject, answer.version)
        if isinstance(spec.answer, Download):
            return _sent_file(answer.value, spec.answer)
        if spec.method == "GET":
            return etag_answer(request, msgspec.json.encode(answer.value), tag)
        response = json_answer(answer.value, spec.status)
        if tag is not None:
            response.headers["etag"] = tag
        return response


def _parameter(request: Request, name: str, kind: type) -> Any:
    try:
        return msgspec.convert(request.path_params[name], kind)
    except msgspec.ValidationError:
        raise NotFound(f"there is no such {name}", (name,)) from None


def _sent_file(file: BinaryIO, download: Download) -> Response:
    """Return the file as a download; it is closed when it was sent or sending failed."""
    size = file.seek(0, 2)
    file.seek(0)
    headers = {"content-disposition": f'attachment; filename="{download.filename}"', "content-length": str(size)}
    return StreamingResponse(_blocks(file), 200, PRIVATE | headers, download.media_type, BackgroundTask(file.close))


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    try:
        while block := file.read(BLOCK):
            yield block
    finally:
        file.close()
