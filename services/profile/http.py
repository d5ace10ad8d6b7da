"""The routes under /v1/profile: one's profile, consents, export and erasure, and the erasures that admins see."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Scope

from contracts.access.caller import Caller, Role
from contracts.modules.profile import Consents, Erasures, Exporter, Profile, Profiles, Purpose, SignedInLately
from contracts.modules.profile_http import ConsentDecision, ConsentList, ErasureList, ErasureRequest
from contracts.refusals import Forbidden, NotFound, Refusal
from kit.http.access import admin, known
from kit.http.answers import json_answer, problem
from kit.http.bodies import LARGEST_BODY, read_body
from kit.http.headers import header_of, headers_of
from kit.http.json_bodies import check_json, decoded
from services.profile.responses import conditional_answer, sent_file, shown, tag_of, version_in

T = TypeVar("T")
AGAIN_S = "3600"
"""After so many seconds the oldest of a day's decisions may be out of it."""


class Stale(Refusal):
    """An irreversible request whose session is not recent enough."""

    code = "FRESH_SIGN_IN_NEEDED"


class Record(Protocol):
    """Writes the audit row of something done or refused by a caller."""

    def __call__(self, request: Request, caller: Caller, operation: str, target: str, outcome: str, /) -> None:
        """Durably; blocking."""
        ...


class ProfileEndpoints:
    """The endpoints of the signed-in user; the edge has found the caller and counted the request."""

    def __init__(
        self,
        profiles: Profiles,
        consents: Consents,
        erasures: Erasures,
        exporter: Exporter,
        *,
        caller_of: Callable[[Scope], Caller | None],
        lately: SignedInLately,
        record: Record,
    ) -> None:
        self._profiles, self._consents, self._erasures, self._exporter = profiles, consents, erasures, exporter
        self._caller_of, self._lately, self._record = caller_of, lately, record

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
            try:
                answered: Response = await endpoint(request, known(self._caller_of(request.scope)))
            except Refusal as refusal:
                answered = problem(refusal)
                if answered.status_code == 429:
                    answered.headers["retry-after"] = AGAIN_S
            return answered

        return answer

    async def _read(self, request: Request, caller: Caller) -> Response:
        stored = await run_in_threadpool(self._profiles.profile, caller.subject)
        return conditional_answer(request, shown(stored), tag_of(caller.subject, stored.version))

    async def _put(self, request: Request, caller: Caller) -> Response:
        version = version_in(header_of(request.scope, "if-match"), caller.subject)
        given = await _body(request, Profile)
        stored = await run_in_threadpool(self._profiles.put_profile, caller.subject, given, version)
        answer = json_answer(shown(stored))
        answer.headers["etag"] = tag_of(caller.subject, stored.version)
        return answer

    async def _standing(self, request: Request, caller: Caller) -> Response:
        found = await run_in_threadpool(self._consents.consents, caller.subject)
        return conditional_answer(request, ConsentList(list(found)), None)

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
        return json_answer(decided)

    async def _export(self, request: Request, caller: Caller) -> Response:
        async def made() -> tuple[Response, str, Caller]:
            await self._check_recent(caller)
            return sent_file(await run_in_threadpool(self._exporter.export, caller.subject)), caller.subject, caller

        return await self._audited(request, caller, "exportUser", made)

    async def _erase(self, request: Request, caller: Caller) -> Response:
        async def erase() -> tuple[Response, str, Caller]:
            user = (await _body(request, ErasureRequest)).user or caller.subject
            mine = user == caller.subject
            if not mine and caller.role < Role.ADMIN:
                raise Forbidden("only an admin asks for somebody else to be erased", ("user",))
            await self._check_recent(caller)
            erasure = await run_in_threadpool(self._erasures.erase, user, "self" if mine else "admin")
            # By the time this row is written, the others that name a user who goes may be changed already.
            actor = msgspec.structs.replace(caller, subject="erased") if mine else caller
            return json_answer(erasure, 202), erasure.id, actor

        return await self._audited(request, caller, "eraseUser", erase)

    async def _list(self, request: Request, caller: Caller) -> Response:
        admin(caller)
        return conditional_answer(request, ErasureList(list(await run_in_threadpool(self._erasures.erasures))), None)

    async def _check_recent(self, caller: Caller) -> None:
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


async def _body(request: Request, kind: type[T]) -> T:
    check_json(headers_of(request.scope))
    return decoded(await read_body(request.scope, request.receive, LARGEST_BODY), kind)
