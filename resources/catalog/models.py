"""Reads models.toml: endpoints and the models behind them."""

import math
import tomllib
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import Any
from urllib.parse import urlsplit

import msgspec

from core.benchmark.model import Endpoint, Model
from core.benchmark.names import MODEL
from kit.validation import in_words
from resources.catalog.problems import CatalogProblems, line_of_key, line_of_table


def read_models(path: Path, text: str, problems: CatalogProblems) -> Iterator[tuple[int | None, Model]]:
    """Yield every usable model with its line; what is wrong with the others is added to `problems`."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problems.add(path, None, f"not TOML: {error}")
        return
    for key in sorted(set(raw) - {"endpoints", "models"}):
        problems.add(path, None, f"unknown table {key!r}: use [endpoints.NAME] and [[models]]")
    given, models = raw.get("endpoints", {}), raw.get("models", [])
    if not isinstance(given, dict) or not all(isinstance(fields, dict) for fields in given.values()):
        problems.add(path, line_of_key(text, "endpoints"), "endpoints are tables [endpoints.NAME]")
        return
    if not isinstance(models, list) or not all(isinstance(entry, dict) for entry in models):
        problems.add(path, line_of_key(text, "models"), "models are tables [[models]]")
        return
    endpoints = _endpoints(path, text, given, problems)
    found: dict[str, Model] = {}
    for number, entry in enumerate(models):
        line = line_of_table(text, "models", number)
        model = _model(entry, endpoints, path, line, problems)
        if model is not None and model.provider == "tape":
            model = _tape(model, found, path, line, problems)
        if model is not None:
            found[model.name] = model
            yield line, model


def _tape(
    model: Model, found: dict[str, Model], path: Path, line: int | None, problems: CatalogProblems
) -> Model | None:
    """Return a tape with the entry of its source, which must stand before it, or None."""
    if model.source is not None and model.source not in found:
        problems.add(path, line, f"field 'source': {model.source!r} is no model above this one")
        return None
    source = found.get(model.source or "")
    api = source.api if source else model.api
    return msgspec.structs.replace(model, source_model=source, api=api)


def _endpoints(path: Path, text: str, raw: dict[str, Any], problems: CatalogProblems) -> dict[str, Endpoint]:
    found = {}
    for name, fields in raw.items():
        line = next((n for n, row in enumerate(text.splitlines(), 1) if row.strip() == f"[endpoints.{name}]"), None)
        try:
            endpoint = msgspec.convert({"name": name, **fields}, Endpoint)
        except msgspec.ValidationError as error:
            problems.add(path, line, f"endpoint {name!r}: {in_words(error, Endpoint)}")
            continue
        found[name] = endpoint
        parts = urlsplit(endpoint.base_url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            problems.add(path, line, f"endpoint {name!r}: base_url is not an http(s) address")
        if parts.username or parts.password:
            problems.add(
                path, line, f"endpoint {name!r}: base_url holds a user or password; name the key's variable in key_env"
            )
        for field in (
            "concurrency",
            "requests_per_minute",
            "tokens_per_minute",
            "max_attempts",
            "timeout_s",
            "deadline_s",
        ):
            value = getattr(endpoint, field)
            if value is not None and not 0 < value < math.inf:
                problems.add(path, line, f"endpoint {name!r}: {field} is {value}: use a number over 0")
    return found


def _model(
    entry: dict[str, Any], endpoints: dict[str, Endpoint], path: Path, line: int | None, problems: CatalogProblems
) -> Model | None:
    named = entry.get("endpoint")
    if named is not None and named not in endpoints:
        problems.add(path, line, f"field 'endpoint': {named!r} is no [endpoints.NAME] table of this file")
        return None
    try:
        model = msgspec.convert({**entry, "endpoint": endpoints.get(named) if named else None}, Model)
    except msgspec.ValidationError as error:
        problems.add(path, line, in_words(error, Model))
        return None
    faults = list(_faults(model))
    for fault in faults:
        problems.add(path, line, f"model {model.name!r}: {fault}")
    return None if faults else model


def _faults(model: Model) -> Iterator[str]:
    if not MODEL.fullmatch(model.name):
        yield "field 'name' holds other characters than letters, digits and . _ : / -"
    if model.provider == "adopted":
        yield "provider 'adopted' is for outputs made elsewhere: use openai, embedded, template or tape"
    if model.provider == "command":
        yield "provider 'command' is for judges: name the command in judges/NAME.toml"
    if model.provider == "openai" and (model.endpoint is None or not model.model):
        yield "provider 'openai' needs endpoint and model"
    if model.provider == "tape" and not model.tape:
        yield "provider 'tape' needs tape, the name of its file"
    if model.tape and (PurePath(model.tape).is_absolute() or ".." in PurePath(model.tape).parts):
        yield f"field 'tape' is {model.tape!r}: use a file name; it is looked for next to models.toml and in the home"
    for field in ("price_in", "price_out", "parameters_b"):
        value = getattr(model, field)
        if value is not None and not 0 <= value < math.inf:
            yield f"field {field!r} is {value}: use 0 or more"
