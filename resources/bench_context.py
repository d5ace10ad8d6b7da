"""The context of a benchmark, for the asset graph and the command line: home, catalog layers, keys, clock, mirror."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from contracts.benchmark.tracking import Tracker
from contracts.judging import PageAnswers
from core.benchmark.spec import Options
from core.redaction import exact_secrets
from core.scoring.gates import Gates
from resources.catalog import Catalog, Layer, load_catalog
from resources.catalog.load import key_variables
from resources.collect.pinning import VetPrompts, no_vetting
from resources.collect.progress import ShowProgress
from resources.home import Home
from resources.lake.specs import ExperimentState, RequestStates


@dataclass(frozen=True)
class BenchContext:
    """Built once by wiring; `keys` holds API keys by the name of their environment variable and is never shown.

    `vet` looks whether prompts render within bounds, and raises RenderError; by itself it does not look.
    `answers` are those given on pages; None if there is no database. `states` is what the one request has read of
    experiments that this is the context of; None where it is that of a process.
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
    vet: VetPrompts = no_vetting
    states: RequestStates | None = field(repr=False, compare=False, default=None)

    def for_request(self) -> "BenchContext":
        """Return the context of one request, which reads what is on record of an experiment once."""
        return replace(self, states=RequestStates(self.home))

    def on_record(self, name: str, *, anew: bool = False) -> ExperimentState:
        """Return what is on record of an experiment now; `anew` reads what the request has read already."""
        return (self.states or RequestStates(self.home)).state(name, anew=anew)

    @property
    def catalogs(self) -> tuple[Path, ...]:
        """Return the catalog's folders; entries of later ones win."""
        return tuple(layer.folder for layer in self.layers)

    def catalog(self) -> Catalog:
        """Return the catalog as its files are now; raise CatalogError, which lists all that is wrong with them."""
        return load_catalog(self.layers)

    def secrets(self) -> tuple[str, ...]:
        """Return the keys in force of the catalog's endpoints, which no text from outside may bring in.

        Those of a catalog that cannot be read are not known.
        """
        return exact_secrets(self.keys.get(name) for name in key_variables(self.layers))
