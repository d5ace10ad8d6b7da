"""Lists experiments with their state, and the tips of one, from the lake."""

from contracts.benchmark.experiments import ExperimentRow
from core.benchmark.spec import Spec
from resources.home import Home
from resources.lake.broken import LakeBroken
from resources.lake.candidates import candidates
from resources.lake.journal import journal_of, shard_journals
from resources.lake.leaderboards import read_published
from resources.lake.specs import experiment_state

UNREADABLE = "unreadable"
"""The state of an experiment whose pin, records or published leaderboard are damaged: restore them from a backup."""


def list_experiments(home: Home, *, archived: bool = False) -> list[ExperimentRow]:
    """Return a row for every pinned experiment, by name; archived ones only with `archived`.

    One whose files cannot be read is a row with the state `unreadable`, so that the others can be seen.
    """
    rows = []
    for name in home.experiments():
        try:
            state = experiment_state(home, name)
            if archived or not state.is_archived:
                rows.append(list_experiment(home, state.pinned()))
        except (LakeBroken, OSError):
            rows.append(ExperimentRow(name, UNREADABLE, "", 0, 0.0, provisional=True))
    return rows


def list_experiment(home: Home, spec: Spec) -> ExperimentRow:
    """Return the row of one pinned experiment."""
    published = read_published(home, spec.experiment)
    rows = published.rows if published else []
    coverage = min((row.coverage for row in rows), default=0.0)
    provisional = any(row.provisional for row in rows) or not rows
    return ExperimentRow(spec.experiment, state_of(home, spec), spec.created_at, len(spec.cells), coverage, provisional)


def state_of(home: Home, spec: Spec) -> str:
    """Return how far the experiment has come: pinned, collecting, collected, exported or judged."""
    published = read_published(home, spec.experiment)
    if published and any(row.n_scored for row in published.rows):
        return "judged"
    if _is_exported(home, spec.experiment):
        return "exported"
    manifest = candidates(home, spec.experiment).manifest()
    if manifest is None:
        journals = (journal_of(home, spec.experiment), *shard_journals(home, spec.experiment))
        return "collecting" if any(home.storage.blobs.size(each.key) for each in journals) else "pinned"
    whole = spec.source == "adopt" or manifest.rows == len(spec.cells) * len(spec.scenarios) * spec.n_tips
    return "collected" if whole else "collecting"


def _is_exported(home: Home, name: str) -> bool:
    """Return whether any judge of the experiment has a folder of items."""
    blobs, folder = home.storage.blobs, f"exports/{name}"
    judges = (f"{folder}/{judge[:-1]}" for judge in blobs.list(folder) if judge.endswith("/"))
    return any(export[0].isdecimal() for judge in judges for export in blobs.list(judge))
