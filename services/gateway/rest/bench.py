"""The REST endpoints of the benchmark for admins: the records of the command line, and a launch."""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from typing import Annotated, Any, cast

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from contracts.access.audit import AuditEntry, AuditLog
from contracts.access.caller import Caller, Role
from contracts.benchmark.experiments import Experiments, Slice
from contracts.benchmark.launches import Launched, Launches, LaunchRequest
from contracts.refusals import Conflict, Forbidden, InProgress, InvalidInput, Refusal
from core.benchmark.names import EXPERIMENT
from core.benchmark.spec import Options
from services.gateway.edge.middleware import caller_of, request_id_of
from services.gateway.rest.etag import etag_response
from services.gateway.rest.responses import of_refusal, problem

KEY_PATH = ("idempotency_key",)
"""What launches blame when the key is."""


class BenchRun(Options, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """The body of `POST /api/bench/run`: the options of every entry point, with the experiment and its judges."""

    experiment: Annotated[str, msgspec.Meta(pattern=f"^{EXPERIMENT.pattern}$")]
    judges: tuple[str, ...] = ()
    accept_failures: bool = False


class Queued(msgspec.Struct, frozen=True):
    """The answer to a launch."""

    experiment: str
    run_id: str


class Malformed(Refusal):
    """A body that is no JSON, or that did not come whole."""

    code = "BAD_REQUEST"


class NotJson(Refusal):
    """A body that does not say it is JSON."""

    code = "UNSUPPORTED_MEDIA_TYPE"


class BenchEndpoints:
    """Asks the contracts that the resolvers ask; the edge has found the caller and counted the request."""

    def __init__(
        self, experiments: Experiments, launches: Launches, audit: AuditLog, *, now: Callable[[], str]
    ) -> None:
        self._experiments, self._launches, self._audit, self._now = experiments, launches, audit, now

    def routes(self) -> list[Route]:
        """Return the routes for the application's router."""
        return [
            Route("/api/bench/experiments", self._list, methods=["GET"]),
            Route("/api/bench/run", self._run, methods=["POST"]),
            Route("/api/bench/runs/{experiment}", self._runs, methods=["GET"]),
            Route("/api/bench/leaderboard/{experiment}", self._leaderboard, methods=["GET"]),
        ]

    async def _list(self, request: Request) -> Response:
        return await _read(request, self._experiments.rows)

    async def _runs(self, request: Request) -> Response:
        name = request.path_params["experiment"]
        return await _read(request, lambda: self._experiments.collecting_runs(name))

    async def _leaderboard(self, request: Request) -> Response:
        name, judges = request.path_params["experiment"], request.query_params.get("judges")

        def rows() -> Sequence[Any]:
            slice_ = _slice(request.query_params.get("slice"))
            found = self._experiments.leaderboard(name, judges, slice_, None)
            return found.slices if slice_ else found.rows

        return await _read(request, rows, known=frozenset({"judges", "slice"}))

    async def _run(self, request: Request) -> Response:
        """Launch; every request of somebody who is known leaves an audit row, whatever became of it."""
        caller = caller_of(request.scope)
        if caller is None:
            return _unknown()
        try:
            body = await request.body()
        except ClientDisconnect:
            return of_refusal(Malformed("the body was cut off"))
        outcome, launched = "INTERNAL", None
        try:
            launched = await asyncio.to_thread(self._launches.launch, _wanted(request, caller, body))
            outcome = "done"
        except Refusal as refusal:
            outcome = refusal.code
            return _of_launch(refusal)
        finally:
            await asyncio.to_thread(self._audit.add, self._row(request, caller, body, outcome, launched))
        headers = {"location": f"/api/bench/runs/{launched.experiment}", "cache-control": "no-store"}
        answer = Queued(launched.experiment, launched.run_id)
        return Response(msgspec.json.encode(answer), 202, headers, "application/json")

    def _row(
        self, request: Request, caller: Caller, body: bytes, outcome: str, launched: Launched | None
    ) -> AuditEntry:
        return AuditEntry(
            at=self._now(),
            actor=caller.subject,
            role=caller.role.name,
            operation="launchBenchmark",
            target=launched.experiment if launched else _named(body),
            input_hash=hashlib.sha256(body).hexdigest(),
            outcome=outcome,
            request_id=request_id_of(request.scope),
            after={"run": launched.run_id, "repeated": str(launched.repeated)} if launched else {},
        )


def as_printed(records: Sequence[Any]) -> bytes:
    """Return records as `--format json` prints them, to the byte."""
    return msgspec.json.format(msgspec.json.encode(records), indent=2) + b"\n"


async def _read(request: Request, rows: Callable[[], Sequence[Any]], known: frozenset[str] = frozenset()) -> Response:
    """What an admin gets; 401 and 403 for others, before anything is looked up."""
    caller = caller_of(request.scope)
    if caller is None:
        return _unknown()
    try:
        _for_admins(caller)
        unknown = sorted(set(request.query_params) - known)
        if unknown:
            raise InvalidInput(f"there is no parameter {unknown[0]!r:.40}", (unknown[0][:40],))
        return etag_response(request, await asyncio.to_thread(lambda: as_printed(rows())))
    except Refusal as refusal:
        return of_refusal(refusal)


def _wanted(request: Request, caller: Caller, body: bytes) -> LaunchRequest:
    """The launch that the body and the key ask for."""
    _for_admins(caller)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise NotJson("the options come as application/json")
    try:
        given = msgspec.json.decode(body, type=BenchRun)
    except msgspec.ValidationError as error:
        place = str(error).rpartition("$.")[2].rstrip("`") if "$." in str(error) else ""
        raise InvalidInput(str(error), (place,) if place else ()) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Malformed("the body is no JSON") from None
    return LaunchRequest(
        experiment=given.experiment,
        options=Options(**{name: getattr(given, name) for name in Options.__struct_fields__}),
        judges=given.judges,
        accept_failures=given.accept_failures,
        key=request.headers.get("idempotency-key"),
        actor=caller.subject,
    )


def _of_launch(refusal: Refusal) -> Response:
    """422 for a key that came with other options, as idempotency keys have it; 409 with Retry-After while it runs."""
    if refusal.path == KEY_PATH and isinstance(refusal, Conflict | InvalidInput):
        code = "KEY_REUSED" if isinstance(refusal, Conflict) else refusal.code
        return problem(422, code, refusal.message, ("Idempotency-Key",))
    if isinstance(refusal, NotJson):
        return problem(415, refusal.code, refusal.message)
    answer = of_refusal(refusal)
    if isinstance(refusal, InProgress):
        answer.headers["retry-after"] = "1"
    return answer


def _for_admins(caller: Caller) -> None:
    if caller.role < Role.ADMIN:
        raise Forbidden("this is for admins")


def _unknown() -> Response:
    answer = problem(401, "UNAUTHENTICATED", "sign in first, or send a bearer token")
    answer.headers["www-authenticate"] = "Bearer"
    return answer


def _slice(given: str | None) -> Slice | None:
    try:
        return None if given is None else cast("Slice", msgspec.convert(given, Slice))
    except msgspec.ValidationError:
        raise InvalidInput("slice is area or locale", ("slice",)) from None


def _named(body: bytes) -> str:
    """The experiment that a refused body names, where it is a name at all."""
    try:
        given = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    name = given.get("experiment") if isinstance(given, dict) else None
    return name if isinstance(name, str) and EXPERIMENT.fullmatch(name) else ""
