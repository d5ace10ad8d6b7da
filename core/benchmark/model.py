"""A model as the catalog describes it: who answers, where, how large, at what price."""

from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec

from core.canonical import content_hash

Provider = Literal["openai", "embedded", "template", "tape", "adopted", "command"]
"""Who answers; `adopted` stands for outputs made elsewhere, `command` for a judge's; neither is for models.toml."""


class Endpoint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An OpenAI-compatible server and its limits: transport, taken from the catalog of the day and never pinned.

    `key_env` names the environment variable that holds the key, never the key. Limits are per endpoint, shared by its
    models; `timeout_s` bounds one attempt, `deadline_s` one generation with all its retries. `proxy` is a URL or
    `none`; if None, the environment's proxy variables count.
    """

    name: str
    base_url: str
    key_env: str | None = None
    concurrency: int = 16
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    timeout_s: float = 60.0
    deadline_s: float = 300.0
    max_attempts: int = 6
    proxy: str | None = None

    @property
    def on_loopback(self) -> bool:
        """Return whether the server is reached on this machine's loopback interface."""
        host = urlsplit(self.base_url).hostname or ""
        try:
            return ip_address(host).is_loopback
        except ValueError:
            return host == "localhost" or host.endswith(".localhost")


class Model(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One entry of models.toml; prices are USD per million tokens, `parameters_b` billions of parameters.

    A tape names the model it records as `source`; the loader puts that model's entry into `source_model`. `tape` is its
    file's name, a relative path that is looked for under the home and next to models.toml. What stands between a pair
    of `reasoning_tags` in an answer is cut before the tip. `family` says which models descend from one another; it
    joins a stored entry only where it is given, so that hashes of older ones stand.
    """

    name: str
    provider: Provider
    version: str = "1"
    model: str | None = None
    endpoint: Endpoint | None = None
    api: Literal["chat", "completion"] = "chat"
    local: bool = False
    parameters_b: float | None = None
    price_in: float | None = None
    price_out: float | None = None
    max_tokens_field: str = "max_tokens"
    omit: tuple[str, ...] = ()
    extra: dict[str, Any] = {}
    source: str | None = None
    source_model: "Model | None" = None
    tape: str | None = None
    threads: int | None = None
    reasoning_tags: tuple[tuple[str, str], ...] = (("<think>", "</think>"),)
    family: str | msgspec.UnsetType = msgspec.UNSET

    @property
    def priced(self) -> "Model":
        """Return the entry whose prices count: that of the recorded model for a tape, else the model itself."""
        return self.source_model.priced if self.provider == "tape" and self.source_model else self

    @property
    def has_unknown_price(self) -> bool:
        """Return whether an answer costs what nobody said; one of a local model, or of this process, costs nothing."""
        source = self.priced
        return source.provider == "openai" and not source.local and None in (source.price_in, source.price_out)

    @property
    def generation_hash(self) -> str:
        """Return the content hash of what shapes an answer: not prices, limits or where the model is reached.

        The fields are spelled out, so that a field added later changes no stored hash: it joins only where it is not
        its default.
        """
        shape = {
            "name": self.name,
            "provider": self.provider,
            "version": self.version,
            "model": self.model,
            "api": self.api,
            "max_tokens_field": self.max_tokens_field,
            "omit": self.omit,
            "extra": self.extra,
            "source": self.source,
            "reasoning_tags": self.reasoning_tags,
        }
        return content_hash([shape, self.source_model.generation_hash if self.source_model else None])


def is_same_family(one: Model, other: Model) -> bool:
    """Return whether two models are one entry, or descend from one another by the families that their entries name."""
    one, other = one.priced, other.priced
    if one.name == other.name:
        return True
    return bool(one.family and other.family) and str(one.family).casefold() == str(other.family).casefold()


FEW_CORES = 2
MOST_THREADS = 4


def threads_of(model: Model, cores: int) -> int:
    """Return the number of threads that an embedded model runs on, on a machine of `cores`."""
    return model.threads or min(MOST_THREADS, cores)


def embedded_at_a_time(models: Sequence[Model], cores: int) -> int:
    """Return how many of the embedded models may answer at the same moment, at least 1.

    All of them where every thread has a core and one is left for each server on this machine; on two cores or fewer,
    and elsewhere, one.
    """
    embedded = [model for model in models if model.provider == "embedded"]
    servers = {model.endpoint.base_url for model in models if model.endpoint and model.endpoint.on_loopback}
    needed = sum(threads_of(model, cores) for model in embedded) + len(servers)
    return 1 if cores <= FEW_CORES or needed > cores else max(1, len(embedded))


def sharing(models: Sequence[Model]) -> tuple[str, ...]:
    """Return the names of the models that compete for this machine: embedded ones beside servers on it; else none."""
    embedded = [model.name for model in models if model.provider == "embedded"]
    servers = [model.name for model in models if model.endpoint and model.endpoint.on_loopback]
    return (*embedded, *servers) if embedded and servers else ()
