"""The REST endpoints of the benchmark for admins: the records of the command line, and a launch."""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from typing import Annotated, Any, cast

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contracts.access.audit import AuditEntry, AuditLog
from contracts.access.caller import Caller
from contracts.benchmark.experiments import Experiments, Slice
from contracts.benchmark.launches import Launched, Launches, LaunchRequest
from contracts.refusals import Conflict, InvalidInput, Refusal
from core.benchmark.names import EXPERIMENT
from core.benchmark.spec import Options
from kit.http.access import admin, known
from kit.http.answers import answering
from kit.http.bodies import LARGEST_BODY, read_body
from kit.http.etag import etag_answer
from kit.http.headers import header_of, headers_of
from kit.http.json_bodies import check_json, decoded
from services.gateway.edge.middleware import caller_of, request_id_of

REPORT_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "sandbox"
    ),
}
"""A report is one file with a style of its own: no script, picture, frame or form, and an origin that is nobody's."""
KEY_PATH = ("idempotency_key",)
"""What launches blame when the key is."""


class BenchRun(Options, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """The body of `POST /api/bench/run`: the options of every entry point, with the experiment and its judges."""

    experiment: Annotated[str, msgspec.Meta(pattern=f"^{EXPERIMENT.pattern}$")]
    judges: tuple[str, ...] = ()
    accept_failures: bool = False
    retry_failed: bool = False


class Queued(msgspec.Struct, frozen=True):
    """The response to a launch."""

    experiment: str
    run_id: str


class BenchEndpoints:
    """The benchmark's endpoints, on the contracts of the resolvers; the edge has found the caller."""

    def __init__(
        self, experiments: Experiments, launches: Launches, audit: AuditLog, *, now: Callable[[], str]
    ) -> None:
        self._experiments, self._launches, self._audit, self._now = experiments, launches, audit, now

    def routes(self) -> list[Route]:
        """Return the routes for the application's router."""
        return [
            Route("/api/bench/experiments", answering(self._list), methods=["GET"]),
            Route("/api/bench/run", answering(self._run), methods=["POST"]),
            Route("/api/bench/runs/{experiment}", answering(self._runs), methods=["GET"]),
            Route("/api/bench/leaderboard/{experiment}", answering(self._leaderboard), methods=["GET"]),
            Route("/api/bench/report/{experiment}", answering(self._report), methods=["GET"]),
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

        return await _read(request, rows, parameters=frozenset({"judges", "slice"}))

    async def _report(self, request: Request) -> Response:
        """Answer with the report; scripts, forms and everything that is elsewhere are off, whatever its texts say."""
        _admitted(request)
        body = await asyncio.to_thread(self._experiments.report, request.path_params["experiment"])
        return etag_answer(request, body, media_type="text/html; charset=utf-8", more=REPORT_HEADERS)

    async def _run(self, request: Request) -> Response:
        """Launch; every request of somebody who is known leaves an audit row, whatever became of it."""
        caller = known(caller_of(request.scope))
        body = await read_body(request.scope, request.receive, LARGEST_BODY)
        outcome, launched = "INTERNAL", None
        try:
            launched = await asyncio.to_thread(self._launches.launch, _wanted(request, caller, body))
            outcome = "done"
        except Refusal as refusal:
            outcome = refusal.code
            raise _about_key(refusal) from None
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
    """Return records as bytes, equal to the output of `--format json`."""
    return msgspec.json.format(msgspec.json.encode(records), indent=2) + b"\n"


def _admitted(request: Request, parameters: frozenset[str] = frozenset()) -> None:
    """Raise Unauthenticated or Forbidden unless an admin asks, InvalidInput for a parameter that nobody knows."""
    admin(caller_of(request.scope))
    unknown = sorted(set(request.query_params) - parameters)
    if unknown:
        raise InvalidInput(f"there is no parameter {unknown[0]!r:.40}", (unknown[0][:40],))


async def _read(
    request: Request, rows: Callable[[], Sequence[Any]], parameters: frozenset[str] = frozenset()
) -> Response:
    """What an admin gets; 401 and 403 for others, before anything is looked up."""
    _admitted(request, parameters)
    return etag_answer(request, await asyncio.to_thread(lambda: as_printed(rows())))


def _wanted(request: Request, caller: Caller, body: bytes) -> LaunchRequest:
    """The launch that the body and the key ask for."""
    admin(caller)
    check_json(headers_of(request.scope))
    given = decoded(body, BenchRun)
    return LaunchRequest(
        experiment=given.experiment,
        options=Options(**{name: getattr(given, name) for name in Options.__struct_fields__}),
        judges=given.judges,
        accept_failures=given.accept_failures,
        retry_failed=given.retry_failed,
        key=header_of(request.scope, "idempotency-key"),
        actor=caller.subject,
    )


def _about_key(refusal: Refusal) -> Refusal:
    """Return a launch's refusal of its key as idempotency keys have it, any other as it is."""
    if refusal.path == KEY_PATH and isinstance(refusal, Conflict | InvalidInput):
        code = "KEY_REUSED" if isinstance(refusal, Conflict) else refusal.code
        return Refusal(refusal.message, ("Idempotency-Key",), code)
    return refusal


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
