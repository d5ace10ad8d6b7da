"""Serving over the models of a real server on the loopback interface."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from pathlib import Path
from typing import Any

from contracts.benchmark.models import ModelClient
from contracts.tips.serving import ServingPrompt
from core.benchmark.model import Endpoint, Model
from core.benchmark.prompt import PromptMessage
from resources.home import Home
from resources.models.registry import open_clients
from resources.serving.model_serving import ModelServing


def model_at(url: str, name: str = "plain", **given: Any) -> Model:
    """Return a model of the server at that address."""
    fields = {"base_url": url, "max_attempts": 1, **given}
    return Model(name, "openai", model=name, endpoint=Endpoint("far", **fields), local=True)


def prompt_for(model: Model, seed: int = 1) -> ServingPrompt:
    """Return a prompt that the server counts by its seed."""
    return ServingPrompt(
        model=model.name,
        generation_hash=model.generation_hash,
        messages=(PromptMessage("user", "What now?"),),
        text=None,
        stop=(),
        max_tokens=40,
        temperature=0.5,
        seed=seed,
    )


@contextmanager
def serving_of(models: dict[str, Model], folder: Path) -> Iterator[ModelServing]:
    """Give serving over those models, which are read anew at each call."""

    def opened(found: Sequence[Model]) -> AbstractAsyncContextManager[dict[str, ModelClient]]:
        return open_clients(found, keys={}, home=Home(folder), catalogs=(), seed=0, on_send=lambda _: None)

    made = ModelServing(lambda: dict(models), opened)
    try:
        yield made
    finally:
        made.close()
