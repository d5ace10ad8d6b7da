"""Sends the state of an experiment to the tracking mirror.

A mirror that is unavailable is a warning, never a failure.
"""

from collections.abc import Callable, Mapping

from contracts.benchmark.tracking import MirrorCell, MirrorRun, Status, TrackingLinks, TrackingUnavailable
from core.benchmark.spec import Spec
from core.canonical import content_hash
from core.scoring.leaderboard_row import LeaderboardRow
from resources.bench_context import BenchContext
from resources.home import Home
from resources.lake.broken import read_value
from resources.lake.candidates import candidates, cell_costs
from resources.lake.leaderboards import PublishedLeaderboard, published_key, read_published
from resources.tracking.worker import Mirrored

ARTIFACTS = ("report.html", "plot.svg", "leaderboard.csv")


WAIT_S = 10.0
"""Seconds that a mirror which is ready may take before a run goes on without it."""


def mirror(
    bench: BenchContext, spec: Spec, status: Status, *, log: Callable[[str], None], wait_s: float | None = WAIT_S
) -> dict[str, str]:
    """Bring the mirror up to date; return where to find it, nothing if it was never reached.

    With `wait_s` a process that is not ready is not waited for, and the answer of one that is at most that long. What
    could not be mirrored is one sentence to `log`, with the command that repeats it. What is mirrored already is not
    sent again, unless `wait_s` is None.
    """
    name = spec.experiment
    run = mirror_run(bench.home, spec, status)
    known = _mirrored(bench.home, name)
    if known is None or known.of != content_hash(run) or wait_s is None:
        try:
            bench.tracker.mirror(run, wait_s)
        except TrackingUnavailable as error:
            log(f"{error}; tipbench mirror {name} makes up for it")
        known = _mirrored(bench.home, name)
    if known is None:
        return {}
    shown = {"mlflow": f"{known.uri} experiment {known.experiment_id}", "mlflow_run": known.run_id}
    return {**shown, "mlflow_url": _url(known)}


def _mirrored(home: Home, name: str) -> Mirrored | None:
    return read_value(home.storage.blobs, home.key(name, "tracking.json"), Mirrored)


def mlflow_url(home: Home, name: str) -> str | None:
    """Return where MLflow's UI shows the experiment: the server's URL, or the local UI's path.

    None if never mirrored.
    """
    known = _mirrored(home, name)
    return _url(known) if known else None


def _url(links: TrackingLinks) -> str:
    root = links.uri.rstrip("/") if links.uri.startswith("http") else "/mlflow"
    return f"{root}/#/experiments/{links.experiment_id}/runs"


def mirror_run(home: Home, spec: Spec, status: Status) -> MirrorRun:
    """Return params, metrics and artifacts of the experiment and of every cell as the lake has them."""
    manifest = candidates(home, spec.experiment).manifest()
    published = read_published(home, spec.experiment) if status == "judged" else None
    return MirrorRun(
        experiment=spec.experiment,
        spec_hash=content_hash(spec),
        status=status,
        params=_params(spec),
        cells=_cells(home, spec, published),
        candidates=home.key(spec.experiment, "candidates", manifest.file) if manifest else None,
        candidates_hash=manifest.sha256 if manifest else None,
        artifacts=tuple(published_key(home, spec.experiment, published.data_hash, name) for name in ARTIFACTS)
        if published
        else (),
    )


def _params(spec: Spec) -> dict[str, str]:
    return {
        "source": spec.source,
        "rubric": spec.rubric.ref,
        "n_tips": str(spec.n_tips),
        "n_scenarios": str(len(spec.scenarios)),
        "temperature": "not known" if spec.temperature is None else str(spec.temperature),
        "seed": str(spec.seed),
        "failures": spec.failures,
        **({"extends": spec.extends} if spec.extends else {}),
    }


def _cells(home: Home, spec: Spec, published: PublishedLeaderboard | None) -> tuple[MirrorCell, ...]:
    costs = cell_costs(home, spec.experiment)
    rows = {(row.model, row.prompt): row for row in published.rows} if published else {}
    cells = []
    for number, (m, p) in enumerate(spec.cells):
        model, prompt = spec.models[m], spec.prompts[p]
        params = {
            "model": model.name,
            "prompt": prompt.name,
            "prompt_version": prompt.version,
            "provider": model.provider,
            "parameters_b": "not known" if model.parameters_b is None else str(model.parameters_b),
        }
        metrics = {**costs.get(number, {}), **_score(rows.get((model.name, prompt.name)))}
        cells.append(MirrorCell(cell=number, model=model.name, prompt=prompt.name, params=params, metrics=metrics))
    return tuple(cells)


def _score(row: LeaderboardRow | None) -> Mapping[str, float]:
    if row is None:
        return {}
    known = {"score": row.score, "low": row.low, "high": row.high, "coverage": row.coverage}
    return {name: value for name, value in known.items() if value is not None}
