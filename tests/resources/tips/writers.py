"""Cells of a real model server that write ahead, over the models of a project's file."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from contracts.benchmark.catalog_layers import Layer
from contracts.benchmark.models import ModelClient
from contracts.modules.sealing import UserSealer
from contracts.tips.serving import Serving
from core.benchmark.model import Model
from resources.catalog.load import KINDS, load_catalog, readable_models
from resources.home import Home
from resources.models.registry import open_clients
from resources.serving.model_serving import ModelServing
from resources.tips.ahead import AheadTips
from resources.tips.boards import CellMaker
from tests.deadline import DEADLINE_S

CATALOG = Path(__file__).parents[3] / "catalog"
MODELS = """
[endpoints.far]
base_url = "{url}"
max_attempts = 1

[[models]]
name = "plain"
provider = "openai"
endpoint = "far"
model = "plain"
price_in = 1.0
price_out = 2.0
"""


@dataclass
class Writers:
    """A home and a project whose model writes with two prompts."""

    home: Home
    project: Path
    sealer: UserSealer

    def says(self, url: str, more: str = "") -> None:
        """Write the project's models anew."""
        (self.project / "catalog").mkdir(parents=True, exist_ok=True)
        (self.project / "catalog" / "models.toml").write_text(MODELS.format(url=url) + more)

    @property
    def models(self) -> dict[str, Model]:
        """As the file is now."""
        return readable_models([Layer("project", self.project / "catalog", frozenset(KINDS))])

    def writer(self, serving: Serving, within_s: float = DEADLINE_S / 4) -> AheadTips:
        """Return what has the cells write with what the model is now."""
        prompts, model = (
            load_catalog([Layer("packaged", CATALOG, frozenset({"prompts"}))]).prompts,
            self.models["plain"],
        )
        makers = {f"plain/{name}": CellMaker(model, prompts[f"{name}@1"], 0.5) for name in ("terse", "coach")}
        return AheadTips(
            self.home.storage,
            self.sealer,
            serving,
            lambda: makers,
            lambda: self.models,
            within_s=within_s,
            now=lambda: "2026-01-01T00:00:00+00:00",
        )

    @contextmanager
    def serving(self) -> Iterator[ModelServing]:
        """Serving in this process."""

        def opened(found: Sequence[Model]) -> AbstractAsyncContextManager[dict[str, ModelClient]]:
            return open_clients(found, keys={}, home=self.home, catalogs=(), seed=0, on_send=lambda _: None)

        made = ModelServing(lambda: self.models, opened)
        try:
            yield made
        finally:
            made.close()
