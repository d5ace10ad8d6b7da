"""What the tracking mirror receives about an experiment and what it gives back; the mirror is never the truth."""

from typing import Literal, Protocol

import msgspec

Status = Literal["collected", "exported", "judged"]


class MirrorCell(msgspec.Struct, frozen=True, kw_only=True):
    """One (model, prompt) cell; `cell` indexes the spec's cells, `metrics` holds only what is known.

    Metric names: n_text, n_failed, n_refused, tokens_in, tokens_out, cost (USD), latency_p50_ms, latency_p95_ms, later
    score, low, high, coverage.
    """

    cell: int
    model: str
    prompt: str
    params: dict[str, str] = {}
    metrics: dict[str, float] = {}


class MirrorRun(msgspec.Struct, frozen=True, kw_only=True):
    """One experiment as it stands; `spec_hash` is the content hash of its pin.

    `candidates` is the key of the candidates' dataset, rows in order of cell, and `candidates_hash` its SHA-256.
    `artifacts` are keys of values for the experiment's own run, such as report.html; a last part occurs once.
    """

    experiment: str
    spec_hash: str
    status: Status
    params: dict[str, str]
    cells: tuple[MirrorCell, ...]
    candidates: str | None = None
    candidates_hash: str | None = None
    artifacts: tuple[str, ...] = ()


class TrackingLinks(msgspec.Struct, frozen=True, kw_only=True):
    """Where the mirror shows the experiment: server or database without its password, experiment id, parent run id."""

    uri: str
    experiment_id: str
    run_id: str


class TrackingUnavailable(RuntimeError):
    """The tracking server or its database cannot be used; no data of the benchmark itself is lost."""


class Tracker(Protocol):
    """Mirrors experiments into a tracking server."""

    def warm(self) -> None:
        """Start what mirroring needs in the background; returns at once and never fails."""
        ...

    def close(self) -> None:
        """Release what `warm` and `mirror` opened; either may be called again afterwards."""
        ...

    def mirror(self, run: MirrorRun, wait_s: float | None = None) -> TrackingLinks | None:
        """Bring the mirror to `run`; the same run again changes nothing. Raise TrackingUnavailable when it cannot.

        With `wait_s` wait that many seconds at the most, and not at all for a mirror that is not ready: return None
        where it goes on in the background.
        """
        ...
