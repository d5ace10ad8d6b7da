"""A run that is stopped in a notebook's cell, and the same call again."""

import asyncio
import os
import signal
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

import tipbench
from tests.deadline import DEADLINE_S
from tests.story.peers.model_server import ModelServer, model_server

NAME = "tip-bench-stopped"
HELD_FROM = 3
MODELS = """
[endpoints.near]
base_url = "{url}"
max_attempts = 1
[[models]]
name = "slow"
provider = "openai"
endpoint = "near"
model = "plain"
"""


def _stop_when_held(server: ModelServer, bench: tipbench.Bench) -> None:
    """Do what a kernel's stop button does, once the first answers are on record and the others are waited for."""
    until = time.monotonic() + DEADLINE_S
    while time.monotonic() < until and not _is_held(server, bench):
        time.sleep(0.02)
    os.kill(os.getpid(), signal.SIGINT)


def _is_held(server: ModelServer, bench: tipbench.Bench) -> bool:
    with suppress(tipbench.Error):  # it is not pinned yet
        done = bench.runs(NAME)["done"].tolist()
        return done == [HELD_FROM] and server.requested.total() > HELD_FROM
    return False


def test_a_stopped_run_goes_on_with_the_same_call(tmp_path: Path) -> None:
    """It ends with KeyboardInterrupt that says what is kept; the next calls ask for the rest alone, until all is there.

    One that leaves generations is an error that says so.
    """
    with model_server() as server:
        (tmp_path / "catalog").mkdir()
        (tmp_path / "tipbench.toml").touch()
        (tmp_path / "catalog" / "models.toml").write_text(MODELS.format(url=server.url))
        bench = tipbench.open(tmp_path / "home", tmp_path)
        server.held_from = HELD_FROM

        async def cell(**options: int) -> tipbench.Published:
            return bench.run(NAME, models=["slow"], prompts=["terse"], judges="heuristics", **options)  # type: ignore[arg-type]  # by name

        stopper = threading.Thread(target=_stop_when_held, args=(server, bench), daemon=True)
        loop = asyncio.new_event_loop()  # of its own: asyncio.run would take the signal for itself, as no kernel does
        try:
            stopper.start()
            with pytest.raises(KeyboardInterrupt, match=rf"interrupted; {HELD_FROM} of 8 generations are final and"):
                loop.run_until_complete(cell(n_scenarios=8))
        finally:
            loop.close()
        stopper.join(DEADLINE_S)
        assert bench.runs(NAME)["status"].tolist() == ["interrupted"]
        server.held_from, server.broken = None, True
        with pytest.raises(
            tipbench.Error, match=r"nothing new is published\nrun the same again .* accept_failures"
        ) as left:
            asyncio.run(cell())
        assert left.value.exit_code == 3
        answered, server.broken = server.requested.copy(), False
        published = asyncio.run(cell())
        assert published.notes[1].startswith("8 of 8 generations are final")
        again = [seed for seed, times in server.requested.items() if times > answered[seed]]
        assert len(again) == 8 - HELD_FROM, "what was answered is not asked again, what was held or failed is"
        assert bench.runs(NAME)["status"].tolist() == ["interrupted", "partial", "done"]
