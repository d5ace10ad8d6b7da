"""Decides about generations without a text, without asking: accepts them as failures, or reopens them."""

from collections.abc import Callable, Collection

from core.benchmark.grid import Shard, grid
from core.benchmark.outcome import Kind, Outcome
from core.benchmark.spec import Spec
from resources.lake.journal import Index, Journal, OutcomeReader


def accept_failures(journal: Journal, spec: Spec, taken_over: frozenset[str], now: Callable[[], str]) -> int:
    """Make everything without a final outcome a final one that gives the last error; return how many there were.

    What no model could be asked for, because of its configuration, stays misconfigured and is no failure of a tip.
    """
    index = journal.index
    keys = [g.key for g in grid(spec) if g.key not in index.final and g.key not in taken_over]
    with OutcomeReader(journal.store) as outcomes:
        errors = {key: outcomes.at(index.places[key]).error for key in keys if key in index.places}
    stopped = {spec.cells[g.cell][0] for g in grid(spec) if g.key in index.misconfigured}
    of_model = {g.key: spec.cells[g.cell][0] for g in grid(spec)}
    for key in keys:
        kind: Kind = "misconfigured" if of_model[key] in stopped else "failed"
        reason = errors.get(key) or ("its model is not set up right" if kind == "misconfigured" else "not collected")
        journal.done(Outcome(key=key, kind=kind, error=f"accepted as failed: {reason}", at=now(), accepted=True))
    return len(keys)


def reopen_failures(journal: Journal, spec: Spec, failed: Collection[str], shard: Shard | None = None) -> int:
    """Reopen the failures among the keys `failed` and all that were accepted, those of `shard`; return how many."""
    keys = [key for key in failures(spec, journal.index, failed) if shard is None or shard.holds(key)]
    for key in keys:
        journal.reopen(key)
    return len(keys)


def failures(spec: Spec, index: Index, failed: Collection[str]) -> list[str]:
    """Return the keys that a retry requests again, in the grid's order: failures among `failed`, and what was accepted.

    Only what the journal holds: texts and refusals of an extended experiment are no failures.
    """
    return [g.key for g in grid(spec) if g.key in index.final and (g.key in failed or g.key not in index.answered)]
