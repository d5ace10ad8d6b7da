"""The routes under /v1/profile: one's profile, consents, export and erasure, and the erasures that admins see."""

from collections.abc import Callable
from typing import Any, Protocol

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Scope

from contracts.access.caller import Caller, Role
from contracts.modules.profile import Consents, Erasures, Exporter, Profile, Profiles, Purpose, SignedInLately
from contracts.modules.profile_http import ConsentDecision, ConsentList, ErasureList, ErasureRequest
from contracts.refusals import Forbidden, InvalidInput, NotFound, Refusal
from services.profile.responses import as_json, kept_answer, sent_file, shown, tag_of, version_in

Problem = Callable[[int, str, str, tuple[str, ...]], Response]
"""How the gateway states an error: status, code, message and path."""
STATUS = {
    "INVALID_INPUT": 422,
    "NOT_FOUND": 404,
    "FORBIDDEN": 403,
    "FRESH_SIGN_IN_NEEDED": 403,
    "PRECONDITION_REQUIRED": 428,
    "PRECONDITION_FAILED": 412,
    "GONE": 410,
    "CONFLICT": 409,
    "RATE_LIMITED": 429,
    "UNAVAILABLE": 503,
    "UNSUPPORTED_MEDIA_TYPE": 415,
}
"""By code; every other refusal is 400."""
AGAIN_S = "3600"
"""After so many seconds the oldest of a day's decisions may be out of it."""


class Malformed(Refusal):
    """A body that is no JSON, or that did not come whole."""

    code = "BAD_REQUEST"


class NotJson(Refusal):
    """A body that does not say it is JSON."""

    code = "UNSUPPORTED_MEDIA_TYPE"


class Stale(Refusal):
    """What cannot be taken back needs a sign-in moments ago."""

    code = "FRESH_SIGN_IN_NEEDED"


class Record(Protocol):
    """Writes the audit row of something done or refused by a caller."""

    def __call__(self, request: Request, caller: Caller, operation: str, target: str, outcome: str, /) -> None:
        """Durably; blocking."""
        ...


class ProfileEndpoints:
    """Asks the contracts of profile for the signed-in user; the edge has found the caller and counted the request."""

    def __init__(
        self,
        profiles: Profiles,
        consents: Consents,
        erasures: Erasures,
        exporter: Exporter,
        *,
        caller_of: Callable[[Scope], Caller | None],
        lately: SignedInLately,
        problem: Problem,
        record: Record,
    ) -> None:
        self._profiles, self._consents, self._erasures, self._exporter = profiles, consents, erasures, exporter
        self._caller_of, self._lately, self._problem, self._record = caller_of, lately, problem, record

    def routes(self) -> list[Route]:
        """Return the routes for the application's router."""
        return [
            Route("/v1/profile", self._for_user(self._read), methods=["GET"]),
            Route("/v1/profile", self._for_user(self._put), methods=["PUT"]),
            Route("/v1/profile/consents", self._for_user(self._standing), methods=["GET"]),
            Route("/v1/profile/consents/{purpose}", self._for_user(self._decide), methods=["PUT"]),
            Route("/v1/profile/export", self._for_user(self._export), methods=["POST"]),
            Route("/v1/profile/erase", self._for_user(self._erase), methods=["POST"]),
            Route("/v1/profile/erasures", self._for_user(self._list), methods=["GET"]),
        ]

    def _for_user(self, endpoint: Callable[[Request, Caller], Any]) -> Callable[[Request], Any]:
        async def answer(request: Request) -> Response:
            caller = self._caller_of(request.scope)
            if caller is None:
                refused = self._problem(401, "UNAUTHENTICATED", "sign in first, or send a bearer token", ())
                refused.headers["www-authenticate"] = "Bearer"
                return refused
            try:
                answered: Response = await endpoint(request, caller)
            except ClientDisconnect:
                return self._problem(400, "BAD_REQUEST", "the body was cut off", ())
            except Refusal as refusal:
                status = STATUS.get(refusal.code, 400)
                answered = self._problem(status, refusal.code, refusal.message, refusal.path)
                if status == 429:
                    answered.headers["retry-after"] = AGAIN_S
            return answered

        return answer

    async def _read(self, request: Request, caller: Caller) -> Response:
        kept = await run_in_threadpool(self._profiles.profile, caller.subject)
        return kept_answer(request, shown(kept), tag_of(caller.subject, kept.version))

    async def _put(self, request: Request, caller: Caller) -> Response:
        version = version_in(request.headers.get("if-match"), caller.subject)
        given = await _body(request, Profile)
        kept = await run_in_threadpool(self._profiles.put_profile, caller.subject, given, version)
        answer = as_json(shown(kept))
        answer.headers["etag"] = tag_of(caller.subject, kept.version)
        return answer

    async def _standing(self, request: Request, caller: Caller) -> Response:
        found = await run_in_threadpool(self._consents.consents, caller.subject)
        return kept_answer(request, ConsentList(list(found)), None)

    async def _decide(self, request: Request, caller: Caller) -> Response:
        try:
            purpose = Purpose(request.path_params["purpose"])
        except ValueError:
            raise NotFound("nobody can be asked for that purpose", ("purpose",)) from None
        given = await _body(request, ConsentDecision)
        decided = await run_in_threadpool(
            lambda: self._consents.decide(
                caller.subject, purpose, given=given.given, version=given.version, channel=caller.via
            )
        )
        return as_json(decided)

    async def _export(self, request: Request, caller: Caller) -> Response:
        async def made() -> tuple[Response, str, Caller]:
            await self._fresh(caller)
            return sent_file(await run_in_threadpool(self._exporter.export, caller.subject)), caller.subject, caller

        return await self._audited(request, caller, "exportUser", made)

    async def _erase(self, request: Request, caller: Caller) -> Response:
        async def asked() -> tuple[Response, str, Caller]:
            user = (await _body(request, ErasureRequest)).user or caller.subject
            mine = user == caller.subject
            if not mine and caller.role < Role.ADMIN:
                raise Forbidden("only an admin asks for somebody else to be erased", ("user",))
            await self._fresh(caller)
            erasure = await run_in_threadpool(self._erasures.erase, user, "self" if mine else "admin")
            # By the time this row is written, the others that name a user who goes may be changed already.
            actor = msgspec.structs.replace(caller, subject="erased") if mine else caller
            return as_json(erasure, 202), erasure.id, actor

        return await self._audited(request, caller, "eraseUser", asked)

    async def _list(self, request: Request, caller: Caller) -> Response:
        if caller.role < Role.ADMIN:
            raise Forbidden("this is for admins")
        return kept_answer(request, ErasureList(list(await run_in_threadpool(self._erasures.erasures))), None)

    async def _fresh(self, caller: Caller) -> None:
        if not await run_in_threadpool(self._lately, caller):
            raise Stale("sign in again in this browser, then ask within 10 minutes")

    async def _audited(self, request: Request, caller: Caller, operation: str, endpoint: Callable[[], Any]) -> Response:
        outcome, target, actor = "INTERNAL", "", caller
        try:
            answer: Response
            answer, target, actor = await endpoint()
            outcome = "done"
        except Refusal as refusal:
            outcome = refusal.code
            raise
        finally:
            await run_in_threadpool(self._record, request, actor, operation, target, outcome)
        return answer


async def _body(request: Request, kind: type[Any]) -> Any:
    """The body as that record; Malformed, NotJson, InvalidInput naming the place."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise NotJson("the body comes as application/json")
    try:
        return msgspec.json.decode(await request.body(), type=kind)
    except msgspec.ValidationError as error:
        place = str(error).rpartition("$.")[2].rstrip("`") if "$." in str(error) else ""
        raise InvalidInput(str(error), (place,) if place else ()) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Malformed("the body is no JSON") from None
