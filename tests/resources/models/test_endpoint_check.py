"""What an endpoint's list of models and one token from a model show, against a server on the loopback interface."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from core.benchmark.model import Endpoint, Model
from resources.models.endpoint_check import EndpointFinding, examine_endpoint, list_of_models

KEY = "sk-canary-of-the-test"
ANSWER = {"choices": [{"message": {"role": "assistant", "content": "Hi"}, "finish_reason": "length"}]}
REASONED = {"choices": [{"message": {"content": None}, "finish_reason": "length"}],
            "usage": {"prompt_tokens": 9, "completion_tokens": 1,
                      "completion_tokens_details": {"reasoning_tokens": 1}}}  # fmt: skip


async def _models(request: web.Request) -> web.Response:
    if request.headers.get("Authorization") != f"Bearer {KEY}":
        return web.json_response({"error": {"message": f"no such key: {request.headers}"}}, status=401)
    return web.json_response({"object": "list", "data": [{"id": "known"}, {"id": "tagged:latest"}, {"id": "reasons"}]})


async def _chat(request: web.Request) -> web.Response:
    body = await request.json()
    if request.headers.get("Authorization") != f"Bearer {KEY}":
        return web.json_response({"error": {"message": "no such key"}}, status=401)
    if body["model"] == "unknown":
        return web.json_response({"error": {"message": "no such model", "code": "model_not_found"}}, status=404)
    if body["model"] == "reasons":
        if "max_tokens" in body:
            message = "max_tokens is not supported: use max_completion_tokens"
            return web.json_response({"error": {"message": message}}, status=400)
        return web.json_response(REASONED)
    assert body["max_tokens"] == 1
    return web.json_response(ANSWER)


async def _page(_: web.Request) -> web.Response:
    return web.Response(text="<html>welcome</html>", content_type="text/html")


async def _silent(_: web.Request) -> web.Response:
    await asyncio.Event().wait()
    raise AssertionError


@asynccontextmanager
async def _served() -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_get("/v1/models", _models)
    app.router.add_post("/v1/chat/completions", _chat)
    app.router.add_get("/page/models", _page)
    app.router.add_get("/silent/models", _silent)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def _look(
    path: str, key: str | None = KEY, *names: str, with_probe: bool = False, **more: Any
) -> list[EndpointFinding]:
    async def look() -> list[EndpointFinding]:
        async with _served() as url:
            endpoint = Endpoint("e", url + path, key_env="E_KEY" if key else None)
            models = [
                Model(name=f"my-{name}", provider="openai", model=name, endpoint=endpoint, **more) for name in names
            ]
            return await examine_endpoint(endpoint, models, key, {}, with_probe=with_probe)

    found = asyncio.run(look())
    assert all(KEY not in each.detail for each in found)
    return found


def _details(found: list[EndpointFinding]) -> Mapping[str, tuple[bool | None, str]]:
    return {each.what: (each.usable, each.detail) for each in found}


def test_a_list_of_models_names_what_it_lacks() -> None:
    """A model that is not listed may still answer; a listed one, with or without :latest, is no finding."""
    found = _details(_look("/v1", KEY, "known", "tagged", "unknown"))
    assert set(found) == {"endpoint e", "model my-unknown"}
    assert found["endpoint e"][0] is True
    assert found["endpoint e"][1].startswith("3 models at http://127.0.0.1:")
    assert found["model my-unknown"] == (
        None,
        "unknown is not in the list of e (known, reasons, tagged:latest): correct `model` in models.toml",
    )


def test_a_wrong_key_says_which_variable_to_set() -> None:
    """Also where the server repeats the request's headers; without key_env it says to name one."""
    ((usable, detail),) = _details(_look("/v1", "sk-other")).values()
    assert usable is False
    assert "sk-other" not in detail
    assert detail.startswith("e answered 401: no such key")
    assert ": set E_KEY to a key that is valid for http://127.0.0.1:" in detail
    ((usable, detail),) = _details(_look("/v1", None)).values()
    assert detail.endswith("name the variable that holds its key as key_env in models.toml")


def test_a_wrong_path_says_to_correct_base_url() -> None:
    """Nothing there, or a page for people."""
    ((usable, detail),) = _details(_look("")).values()
    assert usable is None
    assert detail.startswith("e answered 404: ")
    assert "correct base_url, which often ends in /v1" in detail
    ((usable, detail),) = _details(_look("/page")).values()
    assert usable is None
    assert "not with a list of models (text/html): base_url is where chat/completions lies" in detail


def test_nobody_there_says_so() -> None:
    """A refused connection, and a server that says nothing within the deadline."""

    async def look() -> list[EndpointFinding]:
        async with _served() as url:
            silent = await list_of_models(Endpoint("e", url + "/silent"), [], None, {}, deadline_s=0.05)
        return silent + await examine_endpoint(Endpoint("e", url + "/v1"), [], None, {}, with_probe=True)

    silent, refused = asyncio.run(look())
    assert (silent.usable, silent.reached, refused.usable, refused.reached) == (False, False, False, False)
    assert "/silent within 0.05 s: start its server, or correct base_url or proxy" in silent.detail
    assert refused.detail.startswith("cannot connect to http://127.0.0.1:")
    assert "/v1 (Connection refused): start its server" in refused.detail


@pytest.mark.parametrize(
    ("name", "more", "usable", "said"),
    [
        ("known", {}, True, "answered in "),
        ("unknown", {}, False, "e answered 404: no such model: correct `model` (unknown) or the base_url http://"),
        ("reasons", {"max_tokens_field": "max_completion_tokens"}, True, "answered in "),
        ("reasons", {}, False, "use max_completion_tokens: correct max_tokens_field, omit or extra in models.toml"),
    ],
)
def test_a_probe_asks_for_one_token(name: str, more: dict[str, Any], usable: bool, said: str) -> None:
    """A model that spends its one token on reasoning answers too; a complaint comes with what to correct."""
    endpoint, model = _look("/v1", KEY, name, with_probe=True, **more)
    assert endpoint.usable
    assert (model.usable, said in model.detail) == (usable, True), model.detail


def test_a_probe_with_a_wrong_key() -> None:
    """Both the list and the model are unusable."""
    endpoint, model = _look("/v1", "sk-other", "known", with_probe=True)
    assert (endpoint.usable, model.usable) == (False, False)
    assert "answered 401: no such key: set E_KEY to a key that is valid for" in model.detail
