"""Opens the clients that an experiment's models need, and closes them together."""

import asyncio
import random
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from contracts.benchmark.models import ModelClient, OnSend
from core.benchmark.model import Model, embedded_at_a_time
from core.expected_error import FieldError
from resources.home import Home
from resources.models.embedded import EmbeddedClient, machine_cores


class MissingKey(FieldError):
    """The environment variable that should hold an endpoint's key is not set, or holds no usable key."""


def check_keys(models: Sequence[Model], keys: Mapping[str, str]) -> None:
    """Raise MissingKey for the first model whose endpoint needs a key that `keys` does not hold."""
    for model in models:
        variable = model.endpoint.key_env if model.endpoint else None
        if variable is None or model.endpoint is None:
            continue
        key = keys.get(variable, "")
        if not key:
            raise MissingKey(
                f"{variable} is not set, and model {model.name} at endpoint {model.endpoint.name} needs its key: "
                f"export {variable}=… and give the whole command again",
                ("models",),
            )
        if not key.isascii() or not key.isprintable() or " " in key:
            said = f"{variable} holds characters that no key has (a newline, perhaps): set it again"
            raise MissingKey(said, ("models",))


@asynccontextmanager
async def open_clients(
    models: Sequence[Model],
    *,
    keys: Mapping[str, str],
    home: Home,
    catalogs: Sequence[Path],
    seed: int,
    on_send: OnSend,
) -> AsyncIterator[dict[str, ModelClient]]:
    """Yield clients by model name; all are closed at the end, also after an error.

    Embedded models answer one at a time where the machine has few cores. Tapes are recorded under `home` and read from
    there and from `catalogs`, folders whose later ones win. Raise MissingKey for a model without an endpoint.
    """
    slots = asyncio.Semaphore(embedded_at_a_time(models, machine_cores()))
    clients: dict[str, ModelClient] = {}
    shared: dict[str, ModelClient] = {}
    try:
        for model in models:
            kind = _sharing(model)
            if kind not in shared:
                shared[kind] = _open(model, keys, home, catalogs, seed, on_send, slots)
            clients[model.name] = shared[kind]
        yield clients
    finally:
        for client in shared.values():
            await client.close()


def _has_key(model: Model, keys: Mapping[str, str]) -> bool:
    variable = model.endpoint.key_env if model.endpoint else None
    return variable is None or bool(keys.get(variable))


def _sharing(model: Model) -> str:
    """Return the key by which clients are shared: models of one endpoint share its limits and connections."""
    return f"endpoint {model.endpoint.name}" if model.endpoint else f"{model.provider} {model.name}"


def _open(
    model: Model,
    keys: Mapping[str, str],
    home: Home,
    catalogs: Sequence[Path],
    seed: int,
    on_send: OnSend,
    slots: asyncio.Semaphore,
) -> ModelClient:
    if model.provider == "template":
        from resources.models.template import TemplateClient

        return TemplateClient(on_send)
    if model.provider == "embedded":
        return EmbeddedClient(home.models, on_send, slots)
    if model.provider == "tape":
        from resources.models.tape import TapeClient

        recorded = model.source_model
        usable = recorded is not None and _has_key(recorded, keys)
        source = _open(recorded, keys, home, catalogs, seed, on_send, slots) if recorded and usable else None
        name = model.tape or ""
        fallback = next((folder / name for folder in reversed(catalogs) if (folder / name).is_file()), None)
        return TapeClient(home.tape(name), on_send, recorded, source, fallback)
    if model.endpoint is None:
        raise MissingKey(f"model {model.name} has no endpoint: adopted outputs cannot be asked again", ("models",))
    from resources.models.openai import OpenAIClient

    key = keys.get(model.endpoint.key_env or "")
    rng = random.Random(seed)  # noqa: S311  # jitter, no secret
    return OpenAIClient(model.endpoint, key, on_send=on_send, rng=rng, environ=keys)
