"""The REST endpoints of the benchmark for admins: the records of the command line, and a launch."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Annotated

import msgspec

from contracts.access.caller import Role
from contracts.benchmark.experiments import ExperimentRow, Experiments, PublishedFile, RunRecord, Slice
from contracts.benchmark.launches import Launches, LaunchRequest
from contracts.judging import Rounds
from contracts.refusals import Conflict, InvalidInput, Refusal
from contracts.routes import Download, Media, Rate, RecordRows, RouteAnswer, RouteCall, RouteSpec
from core.benchmark.names import EXPERIMENT
from core.benchmark.spec import Options
from core.scoring.leaderboard_row import LeaderboardRow, SliceRow

REPORT = Media(
    media_type="text/html; charset=utf-8",
    says="One HTML document without scripts or outside references.",
    headers={
        "content-security-policy": (
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
            "frame-ancestors 'none'; sandbox"
        )
    },
)
"""A report is one file with a style of its own: no script, picture, frame or form, and an origin that is nobody's."""
KEY_PATH = ("idempotency_key",)
"""What launches blame when the key is."""
ExperimentName = Annotated[str, msgspec.Meta(pattern=f"^{EXPERIMENT.pattern}$")]
RoundId = Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_-]{1,64}$")]
READS = Rate(name="bench", per_minute=600, under="/api/")
LAUNCHES = Rate(name="launch", per_minute=60)
FILES = Rate(name="files", per_minute=30)
"""What is written for one request and may be large."""


class BenchRun(Options, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """The body of `POST /api/bench/run`: the options of every entry point, with the experiment and its judges."""

    experiment: ExperimentName
    judges: tuple[str, ...] = ()
    accept_failures: bool = False
    retry_failed: bool = False


class Queued(msgspec.Struct, frozen=True):
    """The response to a launch."""

    experiment: str
    run_id: str


class BoardQuery(msgspec.Struct, frozen=True):
    """Which leaderboard: by whom, and by which slice."""

    judges: Annotated[str, msgspec.Meta(description="KIND or ID,…")] | None = None
    slice: Slice | None = None


class SnapshotQuery(msgspec.Struct, frozen=True):
    """Which published leaderboard, where not the one in force."""

    at: Annotated[str, msgspec.Meta(description="A snapshot's hash or an ISO time", max_length=64)] | None = None


@dataclass(frozen=True)
class BenchContracts:
    """What these routes ask: the contracts of the resolvers."""

    experiments: Experiments
    launches: Launches
    rounds: Rounds


def _list(bench: BenchContracts, _: RouteCall) -> RouteAnswer:
    return RouteAnswer(value=bench.experiments.rows())


def _runs(bench: BenchContracts, call: RouteCall) -> RouteAnswer:
    return RouteAnswer(value=bench.experiments.collecting_runs(call.path["experiment"]))


def _leaderboard(bench: BenchContracts, call: RouteCall) -> RouteAnswer:
    wanted: BoardQuery = call.query
    found = bench.experiments.leaderboard(call.path["experiment"], wanted.judges, wanted.slice, None)
    return RouteAnswer(value=found.slices if wanted.slice else found.rows)


def _report(bench: BenchContracts, call: RouteCall) -> RouteAnswer:
    return RouteAnswer(value=bench.experiments.published(call.path["experiment"], "html", call.query.at).data)


def _download(file: PublishedFile) -> Callable[[BenchContracts, RouteCall], RouteAnswer]:
    """Return what answers with a file of a published leaderboard, named by experiment and snapshot."""

    def answer(bench: BenchContracts, call: RouteCall) -> RouteAnswer:
        experiment = call.path["experiment"]
        found = bench.experiments.published(experiment, file, call.query.at)
        return RouteAnswer(value=BytesIO(found.data), filename=f"{experiment}-{found.snapshot[:16]}.{file}")

    return answer


def _packet(bench: BenchContracts, call: RouteCall) -> RouteAnswer:
    packet = bench.rounds.packet(call.path["round"], call.caller)
    return RouteAnswer(value=packet.file, filename=packet.name)


def _run(bench: BenchContracts, call: RouteCall) -> RouteAnswer:
    given: BenchRun = call.body
    wanted = LaunchRequest(
        experiment=given.experiment,
        options=Options(**{name: getattr(given, name) for name in Options.__struct_fields__}),
        judges=given.judges,
        accept_failures=given.accept_failures,
        retry_failed=given.retry_failed,
        key=call.key,
        actor=call.caller.subject,
    )
    try:
        launched = bench.launches.launch(wanted)
    except Refusal as refusal:
        raise _about_key(refusal) from None
    return RouteAnswer(
        value=Queued(launched.experiment, launched.run_id),
        headers={"location": f"/api/bench/runs/{launched.experiment}"},
        target=launched.experiment,
        after={"run": launched.run_id, "repeated": str(launched.repeated)},
    )


def _about_key(refusal: Refusal) -> Refusal:
    """Return a launch's refusal of its key as idempotency keys have it, any other as it is."""
    if refusal.path == KEY_PATH and isinstance(refusal, Conflict | InvalidInput):
        code = "KEY_REUSED" if isinstance(refusal, Conflict) else refusal.code
        return Refusal(refusal.message, ("Idempotency-Key",), code)
    return refusal


def _named(body: bytes) -> str:
    """The experiment that a refused body names, where it is a name at all."""
    try:
        given = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    name = given.get("experiment") if isinstance(given, dict) else None
    return name if isinstance(name, str) and EXPERIMENT.fullmatch(name) else ""


_OF_ONE = {"experiment": ExperimentName}
ROUTES = (
    RouteSpec(
        method="GET",
        path="/api/bench/experiments",
        name="experiments",
        summary="Every experiment.",
        endpoint=_list,
        answer=RecordRows((ExperimentRow,)),
        role=Role.ADMIN,
        rate=READS,
    ),
    RouteSpec(
        method="POST",
        path="/api/bench/run",
        name="run",
        summary="Validate, pin and queue a benchmark, or go on with it.",
        endpoint=_run,
        body=BenchRun,
        answer=Queued,
        status=202,
        says="Queued; Location lists the experiment's runs.",
        located=True,
        role=Role.ADMIN,
        own_key=True,
        audit="launchBenchmark",
        named_in=_named,
        rate=LAUNCHES,
        refusals=(409,),
    ),
    RouteSpec(
        method="GET",
        path="/api/bench/runs/{experiment}",
        name="runs",
        summary="Collecting runs.",
        endpoint=_runs,
        parameters=_OF_ONE,
        answer=RecordRows((RunRecord,)),
        role=Role.ADMIN,
        rate=READS,
    ),
    RouteSpec(
        method="GET",
        path="/api/bench/leaderboard/{experiment}",
        name="leaderboard",
        summary="Cells, best first.",
        endpoint=_leaderboard,
        parameters=_OF_ONE,
        query=BoardQuery,
        answer=RecordRows((LeaderboardRow, SliceRow)),
        role=Role.ADMIN,
        rate=READS,
    ),
    RouteSpec(
        method="GET",
        path="/api/bench/report/{experiment}",
        name="report",
        summary="The published report.",
        endpoint=_report,
        parameters=_OF_ONE,
        query=SnapshotQuery,
        answer=REPORT,
        role=Role.ADMIN,
        rate=READS,
    ),
    RouteSpec(
        method="GET",
        path="/api/bench/leaderboard/{experiment}/csv",
        name="leaderboardCsv",
        summary="The published leaderboard as CSV.",
        endpoint=_download("csv"),
        parameters=_OF_ONE,
        query=SnapshotQuery,
        answer=Download(media_type="text/csv", filename="leaderboard.csv"),
        role=Role.ADMIN,
        tagged=False,
        rate=FILES,
    ),
    RouteSpec(
        method="GET",
        path="/api/bench/leaderboard/{experiment}/parquet",
        name="leaderboardParquet",
        summary="The published leaderboard as Parquet.",
        endpoint=_download("parquet"),
        parameters=_OF_ONE,
        query=SnapshotQuery,
        answer=Download(media_type="application/vnd.apache.parquet", filename="leaderboard.parquet"),
        role=Role.ADMIN,
        tagged=False,
        rate=FILES,
    ),
    RouteSpec(
        method="GET",
        path="/api/bench/packets/{round}",
        name="judgePacket",
        summary="What the judge of a round gets, as a ZIP file.",
        endpoint=_packet,
        parameters={"round": RoundId},
        answer=Download(media_type="application/zip", filename="packet.zip"),
        role=Role.ADMIN,
        tagged=False,
        rate=FILES,
        refusals=(409,),
    ),
)
