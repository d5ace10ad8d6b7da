"""Opening the clients of an experiment's models."""

import asyncio
from pathlib import Path

from core.benchmark.model import Model
from resources.home import Home
from resources.models.registry import open_clients
from resources.models.tape import TapeClient

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
