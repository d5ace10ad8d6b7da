"""The context of a benchmark, for the asset graph and the command line: home, catalog layers, keys, clock, mirror."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from contracts.benchmark.tracking import Tracker
from contracts.judging import PageAnswers
from core.benchmark.spec import Options
from core.scoring.gates import Gates
from resources.catalog import Catalog, Layer, load_catalog
from resources.collect.progress import ShowProgress
from resources.home import Home


@dataclass(frozen=True)
class BenchContext:
    """Built once by wiring; `keys` holds API keys by the name of their environment variable and is never shown.

    `answers` are those given on pages; None if there is no database.
    """

    home: Home
    layers: tuple[Layer, ...]
    defaults: Options
    author: str
    now: Callable[[], str]
    tracker: Tracker
    show_progress: ShowProgress
    keys: Mapping[str, str] = field(repr=False, default_factory=dict)
    answers: PageAnswers | None = None
    gates: Gates = field(default_factory=Gates)

    @property
    def catalogs(self) -> tuple[Path, ...]:
        """Return the catalog's folders; entries of later ones win."""
        return tuple(layer.folder for layer in self.layers)

    def catalog(self) -> Catalog:
        """Return the catalog as its files are now; raise CatalogError, which lists all that is wrong with them."""
        return load_catalog(self.layers)
