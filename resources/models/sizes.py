"""Reads from Ollama servers how large their models are."""

import asyncio
import re
from collections.abc import Sequence

import aiohttp
import msgspec

from core.benchmark.model import Endpoint, Model

DEADLINE_S = 2.0
_SIZE = re.compile(r"([0-9.]+)\s*([BMK])", re.IGNORECASE)
_BILLIONS = {"B": 1.0, "M": 1e-3, "K": 1e-6}


class _Details(msgspec.Struct, frozen=True):
    parameter_size: str = ""


class _Tag(msgspec.Struct, frozen=True):
    name: str
    details: _Details = _Details()


class _Tags(msgspec.Struct, frozen=True):
    models: tuple[_Tag, ...] = ()


async def reported_sizes(models: Sequence[Model]) -> dict[str, float | None]:
    """Return billions of parameters by model name, for models that an Ollama server lists; others are left out."""
    roots = {_root(model.endpoint) for model in models if model.endpoint}
    listed = dict(zip(roots, await asyncio.gather(*map(_listed, roots)), strict=True))
    sizes: dict[str, float | None] = {}
    for model in models:
        tags = listed[_root(model.endpoint)] if model.endpoint else {}
        for name in (model.model or "", f"{model.model}:latest"):
            if name in tags:
                sizes[model.name] = tags[name]
    return sizes


def _root(endpoint: Endpoint) -> str:
    return endpoint.base_url.rstrip("/").removesuffix("/v1")


def billions(text: str) -> float | None:
    """Return a size such as `4.3B` or `270M` in billions, or None for anything else."""
    found = _SIZE.fullmatch(text.strip())
    return float(found[1]) * _BILLIONS[found[2].upper()] if found else None


async def _listed(root: str) -> dict[str, float]:
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=DEADLINE_S)) as session,
            session.get(f"{root}/api/tags", allow_redirects=False) as answer,
        ):
            tags = msgspec.json.decode(await answer.read(), type=_Tags)
    except (aiohttp.ClientError, TimeoutError, msgspec.DecodeError, UnicodeDecodeError, OSError):
        return {}
    sizes = {tag.name: billions(tag.details.parameter_size) for tag in tags.models}
    return {name: size for name, size in sizes.items() if size is not None}
