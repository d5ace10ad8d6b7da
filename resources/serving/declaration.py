"""What serving is to the server: a module without tables, routes or users."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from contracts.benchmark.models import ModelClient
from contracts.module import Module, ModuleContext, Remote
from contracts.routes import Service
from contracts.tips.serving import LONGEST_WAIT_S, Serving
from core.benchmark.model import Model

GRACE_S = 10.0
"""What a call may take beyond the longest wait for models."""


def _build(context: ModuleContext) -> Service:
    from resources.catalog.load import readable_models
    from resources.home import Home
    from resources.models.proxies import VARIABLES
    from resources.models.registry import key_names, open_clients
    from resources.serving.model_serving import ModelServing

    home = Home(context.keys.parent)

    def opened(models: Sequence[Model]) -> AbstractAsyncContextManager[dict[str, ModelClient]]:
        names = key_names(models) | VARIABLES
        keys = {name: value for name in names if (value := context.variable(name)) is not None}
        folders = [layer.folder for layer in context.layers]
        return open_clients(models, keys=keys, home=home, catalogs=folders, seed=0, on_send=lambda _: None)

    return ModelServing(lambda: readable_models(context.layers), opened)


@asynccontextmanager
async def _closed_at_the_end(_: ModuleContext, serving: Service) -> AsyncIterator[None]:
    try:
        yield
    finally:
        await asyncio.to_thread(serving.close)


SERVING = Module(
    name="serving",
    build=_build,
    lifespan=_closed_at_the_end,
    remote=Remote(protocols=(Serving,), own_users=False, own_data=False, deadline_s=LONGEST_WAIT_S + GRACE_S),
)
