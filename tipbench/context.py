"""Builds the benchmark context of a project and a home, as the command line does."""

import dataclasses
import os
from collections import ChainMap
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from pathlib import Path

from resources.bench_context import BenchContext
from resources.home_modes import tighten
from resources.lake.specs import sweep_discarded
from resources.telemetry_optout import opt_out_of_telemetry
from tipbench.progress import hidden, shown
from wiring.bench_context import build_bench_context
from wiring.settings import read_settings


@dataclass(frozen=True)
class Context:
    """The benchmark context, which shows no progress; `warnings` are what was found when it was opened."""

    bench: BenchContext
    warnings: list[str] = field(default_factory=list)

    @property
    def home(self) -> Path:
        """Return the folder of the home."""
        return self.bench.home.root

    def request(self, *, progress: bool = False) -> BenchContext:
        """Return the context of one call, with progress where somebody looks if `progress` is set."""
        bench = self.bench.for_request()
        return dataclasses.replace(bench, show_progress=shown) if progress else bench


def open_context(home: str | os.PathLike[str] | None, project: str | os.PathLike[str] | None) -> Context:
    """Return the context; keys of endpoints are looked up in the environment when they are needed.

    Raise SettingsError for a folder or setting that cannot be used.
    """
    opt_out_of_telemetry(os.environ)
    own: MutableMapping[str, str] = {} if home is None else {"TIPBENCH_HOME": os.fspath(home)}
    settings = read_settings(ChainMap(own, os.environ), Path.cwd(), None if project is None else Path(project))
    said = tighten(settings.home)
    sweep_discarded(settings.home)
    return Context(build_bench_context(settings, hidden), [said] if said else [])
