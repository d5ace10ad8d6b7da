"""Opens the clients that an experiment's models need, and closes them together."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from contracts.benchmark.models import ModelAnswer, ModelClient, ModelRequest, OnSend
from core.benchmark.model import Model, embedded_at_a_time
from core.expected_error import FieldError
from core.redaction import exact_secrets, without_secrets
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
    embedded: ModelClient | None = None,
) -> AsyncIterator[dict[str, ModelClient]]:
    """Yield clients by model name; all are closed at the end, also after an error.

    Embedded models are answered for by `embedded`, without it in this process.

    Embedded models answer one at a time where the machine has few cores. Tapes are recorded under `home` and read from
    there and from `catalogs`, folders whose later ones win. No answer holds a key of these models' endpoints. Raise
    MissingKey for a model without an endpoint.
    """
    secrets = exact_secrets(keys.get(name) for name in key_names(models))
    slots = asyncio.Semaphore(embedded_at_a_time(models, machine_cores()))
    opening = _Opening(keys, secrets, home, catalogs, seed, on_send, slots, embedded)
    clients: dict[str, ModelClient] = {}
    shared: dict[str, ModelClient] = {}
    try:
        for model in models:
            kind = _sharing(model)
            if kind not in shared:
                shared[kind] = opening.client(model)
            clients[model.name] = shared[kind]
        yield clients
    finally:
        for client in shared.values():
            await client.close()


def has_key(model: Model, keys: Mapping[str, str]) -> bool:
    """Return whether a model's endpoint needs no key, or one that is there."""
    variable = model.endpoint.key_env if model.endpoint else None
    return variable is None or bool(keys.get(variable))


def _sharing(model: Model) -> str:
    """Return the key by which clients are shared: models of one endpoint share its limits and connections."""
    return f"endpoint {model.endpoint.name}" if model.endpoint else f"{model.provider} {model.name}"


def key_names(models: Iterable[Model]) -> set[str]:
    """Return the variables that hold the keys of these models' endpoints, of what tapes record too."""
    reached = [each for model in models for each in (model, model.source_model) if each is not None]
    return {model.endpoint.key_env for model in reached if model.endpoint and model.endpoint.key_env}


class _RedactingClient:
    """A client whose answers hold none of these secrets, wherever a server repeats them."""

    def __init__(self, client: ModelClient, secrets: Sequence[str]) -> None:
        self._client, self._secrets = client, secrets

    def concurrency(self, model: Model) -> int:
        """Return how many requests for this model may be under way at once."""
        return self._client.concurrency(model)

    async def answer(self, request: ModelRequest) -> ModelAnswer:
        """Return the answer with `…` for each secret in its texts."""
        answer = await self._client.answer(request)
        texts = {name: getattr(answer, name) for name in ("text", "reasoning", "finish", "error", "fault")}
        held = {name: text for name, text in texts.items() if text and any(s in text for s in self._secrets)}
        if not held:
            return answer
        clean = {name: without_secrets(text, self._secrets) for name, text in held.items()}
        return msgspec.structs.replace(answer, **clean)

    async def close(self) -> None:
        """Close the client."""
        await self._client.close()


@dataclass(frozen=True)
class _Opening:
    """What the clients of one run are opened with; `slots` are those of embedded models."""

    keys: Mapping[str, str]
    secrets: Sequence[str]
    home: Home
    catalogs: Sequence[Path]
    seed: int
    on_send: OnSend
    slots: asyncio.Semaphore
    embedded: ModelClient | None

    def client(self, model: Model) -> ModelClient:
        """Return a model's client, and that of what it records, each behind the redaction where there are secrets."""
        recorded = model.source_model if model.provider == "tape" else None
        source = self.client(recorded) if recorded is not None and has_key(recorded, self.keys) else None
        bare = self._bare(model, source)
        return _RedactingClient(bare, self.secrets) if self.secrets else bare

    def _bare(self, model: Model, source: ModelClient | None) -> ModelClient:
        if model.provider == "template":
            from resources.models.template import TemplateClient

            return TemplateClient(self.on_send)
        if model.provider == "embedded":
            return self.embedded or EmbeddedClient(self.home.models, self.on_send, self.slots)
        if model.provider == "tape":
            from resources.models.tape import TapeClient

            name = model.tape or ""
            fallback = next((folder / name for folder in reversed(self.catalogs) if (folder / name).is_file()), None)
            return TapeClient(self.home.tape(name), self.on_send, model.source_model, source, fallback)
        if model.endpoint is None:
            raise MissingKey(f"model {model.name} has no endpoint: adopted outputs cannot be asked again", ("models",))
        from resources.models.openai import OpenAIClient

        key = self.keys.get(model.endpoint.key_env or "")
        rng = random.Random(self.seed)  # noqa: S311  # jitter, no secret
        return OpenAIClient(model.endpoint, key, on_send=self.on_send, rng=rng, environ=self.keys)
