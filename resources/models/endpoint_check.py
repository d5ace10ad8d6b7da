"""Asks an endpoint for its list of models, and each of its models for one token, to say what is set up wrong."""

import asyncio
import os
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import aiohttp
import msgspec

from contracts.benchmark.models import ModelAnswer, ModelRequest
from core.benchmark.model import Endpoint, Model
from core.benchmark.prompt import PromptMessage
from core.plurals import counted
from kit.tables.loose_json import NotJson, decode_bytes
from resources.models.faults import error_answer
from resources.models.openai import LONGEST_BODY, OpenAIClient, address_below
from resources.models.proxies import proxy_for

LIST_DEADLINE_S, PROBE_DEADLINE_S = 5.0, 30.0
SHOWN_MODELS = 5


@dataclass(frozen=True)
class EndpointFinding:
    """What one request showed: `what` names the endpoint or model, `detail` says what to do unless it is fine.

    `reached` is False where nobody answered at the address. `usable` is False if models cannot be used as they are set
    up, None if only a probe can show it.
    """

    what: str
    detail: str
    usable: bool | None = True
    reached: bool = True


async def examine_endpoint(
    endpoint: Endpoint, models: Sequence[Model], key: str | None, environ: Mapping[str, str], *, with_probe: bool
) -> list[EndpointFinding]:
    """Return what the endpoint's list of models shows and, `with_probe`, what each of its models answers.

    A model that answers is usable, whatever the list says; where nobody answers at all, no model is requested.
    """
    found = await list_of_models(endpoint, models, key, environ)
    if not with_probe or not found[0].reached:
        return found
    probed = [await probe(model, endpoint, key, environ) for model in models]
    if found[0].usable is False and any(each.usable for each in probed):
        found[0] = replace(found[0], usable=None)
    return [found[0], *probed]


async def list_of_models(
    endpoint: Endpoint,
    models: Sequence[Model],
    key: str | None,
    environ: Mapping[str, str],
    deadline_s: float = LIST_DEADLINE_S,
) -> list[EndpointFinding]:
    """Return what the endpoint's list of models shows, within `deadline_s` seconds; the key is in no finding."""
    what = f"endpoint {endpoint.name}"
    try:
        async with asyncio.timeout(deadline_s):
            status, kind, data = await _get(endpoint, key, environ)
    except aiohttp.ClientConnectorError as error:
        number = error.os_error.errno
        why = os.strerror(number) if number and number > 0 else error.os_error.strerror or "no route"
        return [_unreached(endpoint, f"cannot connect to {endpoint.base_url} ({why})")]
    except TimeoutError:
        return [_unreached(endpoint, f"no answer from {endpoint.base_url} within {deadline_s:g} s")]
    except aiohttp.ClientError as error:
        return [_unreached(endpoint, f"{endpoint.base_url} dropped the connection ({type(error).__name__})")]
    if status != 200:
        return [_rejected(endpoint, status, error_answer(endpoint.name, status, data, kind, key))]
    names = _names(data)
    if names is None:
        said = f"{endpoint.base_url} answers, but not with a list of models ({kind or 'no content type'})"
        return [EndpointFinding(what, f"{said}: base_url is where chat/completions lies, often it ends in /v1", None)]
    found = [EndpointFinding(what, f"{counted(len(names), 'model')} at {endpoint.base_url}")]
    shown = ", ".join(sorted(names)[:SHOWN_MODELS]) + (" …" if len(names) > SHOWN_MODELS else "")
    for model in models:
        if model.model not in names and f"{model.model}:latest" not in names:
            detail = f"{model.model} is not in the list of {endpoint.name} ({shown}): correct `model` in models.toml"
            found.append(EndpointFinding(f"model {model.name}", detail, None))
    return found


async def probe(
    model: Model, endpoint: Endpoint, key: str | None, environ: Mapping[str, str], deadline_s: float = PROBE_DEADLINE_S
) -> EndpointFinding:
    """Return what a request for one token shows, with the model's own fields; it is paid, and asked once."""
    what = f"model {model.name}"
    once = msgspec.structs.replace(endpoint, max_attempts=1, timeout_s=deadline_s, deadline_s=deadline_s)
    client = OpenAIClient(once, key, on_send=lambda _: None, rng=random.Random(0), environ=environ)  # noqa: S311  # jitter
    began = time.monotonic()
    try:
        answer = await client.answer(_one_token(model))
    finally:
        await client.close()
    if answer.kind in {"text", "refused"} or (answer.kind == "failed" and answer.fault is None):
        return EndpointFinding(what, f"answered in {time.monotonic() - began:.1f} s")
    return EndpointFinding(what, with_advice(endpoint, model, answer), usable=False)


async def _get(endpoint: Endpoint, key: str | None, environ: Mapping[str, str]) -> tuple[int, str, bytes]:
    headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
    async with (
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
        session.get(
            address_below(endpoint.base_url, "models"),
            headers=headers,
            allow_redirects=False,
            proxy=proxy_for(endpoint, environ),
        ) as response,
    ):
        data = b""
        while len(data) < LONGEST_BODY and (more := await response.content.read(LONGEST_BODY)):
            data += more
        return response.status, response.headers.get("Content-Type", "").partition(";")[0].strip()[:80], data


def _names(data: bytes) -> set[str] | None:
    """Return the models' names in a list of models; None if it is none."""
    try:
        body: Any = decode_bytes(data)
    except NotJson:
        return None
    entries = body.get("data") if isinstance(body, dict) else None
    if not isinstance(entries, list):
        return None
    return {str(entry["id"]) for entry in entries if isinstance(entry, dict) and "id" in entry}


def _unreached(endpoint: Endpoint, why: str) -> EndpointFinding:
    advice = "start its server, or correct base_url or proxy in models.toml"
    return EndpointFinding(f"endpoint {endpoint.name}", f"{why}: {advice}", usable=False, reached=False)


def _rejected(endpoint: Endpoint, status: int, answer: ModelAnswer) -> EndpointFinding:
    """Return what another status than 200 says; some servers have no list, or keep it closed, and answer all else."""
    advice = {401: _key_advice(endpoint), 403: _key_advice(endpoint)}.get(status)
    if advice is None and status in {404, 405}:
        advice = "no list of models there: correct base_url, which often ends in /v1, or ask its models with --probe"
    sure = False if status in {401, 403} else None
    what = f"endpoint {endpoint.name}"
    return EndpointFinding(
        what, f"{(answer.error or '').rstrip('. ')}: {advice or 'look again later, or with --probe'}", sure
    )


def _key_advice(endpoint: Endpoint) -> str:
    if endpoint.key_env:
        return f"set {endpoint.key_env} to a key that is valid for {endpoint.base_url}"
    return "name the variable that holds its key as key_env in models.toml"


def with_advice(endpoint: Endpoint, model: Model, answer: ModelAnswer) -> str:
    """Return why a model gave no text, in the server's words, and what to correct."""
    return f"{(answer.error or 'no answer').rstrip('. ')}: {_advice(endpoint, model, answer)}"


def _advice(endpoint: Endpoint, model: Model, answer: ModelAnswer) -> str:
    text = answer.error or ""
    if answer.kind == "transient":
        return "start its server, correct base_url, or look again later"
    if "answered 401" in text or "answered 403" in text:
        return _key_advice(endpoint)
    if "answered 404" in text or "answered 405" in text:
        return f"correct `model` ({model.model}) or the base_url {endpoint.base_url} in models.toml"
    if answer.kind == "misconfigured":
        return "correct the account or the entry in models.toml"
    return "correct max_tokens_field, omit or extra in models.toml"


def _one_token(model: Model) -> ModelRequest:
    chat = model.api == "chat"
    return ModelRequest(
        key="probe",
        model=model,
        messages=(PromptMessage("user", "Hello"),) if chat else None,
        text=None if chat else "Hello",
        stop=(),
        max_tokens=1,
        temperature=0.0,
        seed=0,
    )
