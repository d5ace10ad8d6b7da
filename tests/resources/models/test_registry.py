"""Opening the clients of an experiment's models."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from contracts.benchmark.models import ModelAnswer
from core.benchmark.model import Endpoint, Model
from resources.home import Home
from resources.models.registry import open_clients
from resources.models.tape import TapeClient
from tests.resources.models.conftest import completion, far_side
from tests.resources.models.tip_requests import tip_request

LINE = b'{"asked":"%s","answer":{"kind":"text","text":"%s"}}\n'


def _known(model: Model, home: Home, *catalogs: Path) -> set[str]:
    """What the tape's client would replay, by what was asked."""

    async def look() -> set[str]:
        async with open_clients(
            [model], keys={}, home=home, catalogs=catalogs, seed=0, on_send=lambda _: None
        ) as clients:
            client = clients[model.name]
            assert isinstance(client, TapeClient)
            return set(client.known)

    return asyncio.run(look())


def test_a_tape_is_read_from_the_home_and_from_beside_models_toml(tmp_path: Path) -> None:
    """The later catalog folder's file of that name and the home's are read; no tape is made by opening one."""
    home, first, second = Home(tmp_path / "home"), tmp_path / "packaged", tmp_path / "project"
    for folder, name in ((first, b"packaged"), (second, b"project"), (home.root / "tapes", b"home")):
        folder.mkdir(parents=True)
        (folder / "t.jsonl").write_bytes(LINE % (name, name))
    tape = Model("t", "tape", tape="t.jsonl")
    assert _known(tape, home, first, second) == {"project", "home"}
    assert _known(tape, home, first) == {"packaged", "home"}
    assert _known(tape, Home(tmp_path / "other")) == set()
    assert not (tmp_path / "other").exists()


def test_an_old_pins_absolute_path_is_still_read(tmp_path: Path) -> None:
    """Pins once held the tape's whole path: it is replayed from there and recorded under the home."""
    path = tmp_path / "old" / "t.jsonl"
    path.parent.mkdir()
    path.write_bytes(LINE % (b"old", b"old"))
    tape, home = Model("t", "tape", tape=str(path)), Home(tmp_path / "home")
    assert _known(tape, home, tmp_path) == {"old"}
    assert home.tape(str(path)) == tmp_path / "home" / "tapes" / "t.jsonl"


KEYS = {"MINE": "sk-canary-0123456789", "OTHER": "other-canary", "SHORT": "walk"}
"""Of the last, which is shorter than what is taken out, a tip may well speak."""


def _echo(kind: str) -> Any:
    """Return a handler that repeats the key it was sent, and those of other endpoints, in one part of its answer."""

    async def handle(request: web.Request) -> web.Response:
        said = f"walk, {request.headers['Authorization']} and {KEYS['OTHER']}!"
        if kind == "error":
            return web.json_response({"error": {"message": said, "code": KEYS["OTHER"]}}, status=400)
        if kind == "not json":
            return web.Response(text=" " * 400 + said)
        if kind == "inside":
            return web.json_response({"error": said})
        return completion(said, **({} if kind == "text" else {kind: said}))

    return handle


@pytest.mark.parametrize("kind", ["text", "refusal", "reasoning_content", "error", "inside", "not json"])
def test_no_answer_holds_a_key(tmp_path: Path, kind: str) -> None:
    """A server repeats keys in a text, a refusal, its reasoning or an error: neither answer nor tape holds one."""
    home = Home(tmp_path / "home")

    async def ask() -> ModelAnswer:
        async with far_side() as far:
            far.script = [_echo(kind)]
            mine, other, short = (
                Model(name, "openai", model="m", endpoint=Endpoint(name, far.url, key_env=name, max_attempts=1))
                for name in KEYS
            )
            tape = Model("t", "tape", tape="t.jsonl", source="MINE", source_model=mine)
            async with open_clients(
                [tape, other, short], keys=KEYS, home=home, catalogs=(), seed=0, on_send=lambda _: None
            ) as clients:
                answer = await clients["t"].answer(tip_request(model=tape))
            assert far.keys == [f"Bearer {KEYS['MINE']}"]
            return answer

    answer = asyncio.run(ask())
    recorded = b"".join(path.read_bytes() for path in home.root.rglob("*") if path.is_file()).decode()
    assert "canary" not in f"{answer}{recorded}"
    assert "walk, Bearer" in str(answer)
    assert ("walk, Bearer" in recorded) == (answer.kind not in {"transient", "misconfigured"} and not answer.unclear)
