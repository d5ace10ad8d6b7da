"""Cells that write for a context: by a real model server, through a sealed journal, within a ceiling."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contracts.modules.sealing import Erased
from contracts.tips.ahead import AheadPlace, AheadRequest
from resources.home import Home
from resources.privacy.user_keys import open_user_keys
from resources.serving.model_serving import ModelServing
from tests.deadline import DEADLINE_S
from tests.resources.tips.writers import Writers
from tests.story.peers.model_server import ModelServer, model_server
from tests.story.peers.up import wait_for

PLACES = (AheadPlace("plain/terse", "sleep", 0), AheadPlace("plain/coach", "sleep", 0))
JOURNAL = "recommender/ahead/somebody"


@pytest.fixture
def peer() -> Iterator[ModelServer]:
    """A model server."""
    with model_server() as made:
        yield made


@pytest.fixture
def writers(tmp_path: Path, peer: ModelServer) -> Iterator[Writers]:
    """Cells of its model."""
    home = Home(tmp_path / "home")
    sealer = open_user_keys(home)
    made = Writers(home, tmp_path / "project", sealer)
    made.says(peer.url)
    yield made
    sealer.close()


@pytest.fixture
def serving(writers: Writers) -> Iterator[ModelServing]:
    """Serving in this process."""
    with writers.serving() as made:
        yield made


def _request(**changes: Any) -> AheadRequest:
    given = {"context": "c1", "journal": JOURNAL, "data": {"area": "sleep", "mood": "weary"}, "locale": "en"}
    return AheadRequest(**{**given, "places": PLACES, "ceiling": 1.0, **changes})


def test_each_cell_writes_for_the_context(writers: Writers, serving: ModelServing, peer: ModelServer) -> None:
    """Prompts are those of the benchmark with the context in them; nothing says who it is for."""
    writer = writers.writer(serving)
    found = writer.write("user-canary", _request())
    assert [(each.place, each.fault) for each in found] == [(place, "") for place in PLACES]
    assert all(each.text and each.text.startswith("Write three lines about step") for each in found)
    assert all(each.cost == pytest.approx(74e-6) for each in found)
    assert len({each.text for each in found}) == 2
    assert "Somebody would like a tip about sleep." in str(peer.bodies)
    assert "canary" not in str(peer.bodies)
    (key,) = writers.home.storage.blobs.list(JOURNAL)
    assert b"Write three" not in b"".join(
        line for _, line in writers.home.storage.logs.read(f"{JOURNAL}/{key}").lines()
    )
    assert peer.requested.total() == 2
    assert writer.write("user-canary", _request()) == found, "what the journal holds is not paid again"
    assert peer.requested.total() == 2
    writers.home.storage.blobs.discard(JOURNAL)
    again = writer.write("user-canary", _request(places=(AheadPlace("plain/terse", "sleep", 1),)))
    assert again[0].text != found[0].text
    assert writer.write("user-canary", _request(ceiling=0.0, context="c2")) == []
    assert peer.requested.total() == 3


def test_what_is_not_there_is_left_for_later(writers: Writers, serving: ModelServing, peer: ModelServer) -> None:
    """A server that is overloaded, a model that the catalog lacks, and a cell that serves no more."""
    writer = writers.writer(serving)
    assert writer.arms() == {"plain/terse": True, "plain/coach": True}
    peer.broken = True
    assert writer.write("user-a", _request()) == []
    peer.broken = False
    assert writer.write("user-a", _request(places=(AheadPlace("plain/none", "sleep", 0),))) == []
    (failed,) = writer.write("user-a", _request(data={"situation": "x" * 40_000}, places=PLACES[:1]))
    assert (failed.text, failed.fault) == (None, "its prompt does not fit the context")
    writers.says(peer.url, more="local = true\n")
    assert writer.arms() == {"plain/terse": False, "plain/coach": False}
    (writers.project / "catalog" / "models.toml").write_text("")
    assert writer.arms() == {}
    assert writer.write("user-a", _request(context="c3")) == []
    writers.says(peer.url)
    assert len(writer.write("user-a", _request())) == 2


def test_a_damaged_journal_is_written_anew(writers: Writers, serving: ModelServing) -> None:
    """One of another user's key cannot be read either."""
    writer = writers.writer(serving)
    assert len(writer.write("user-b", _request())) == 2
    assert writer.write("user-a", _request()) == []
    assert len(writer.write("user-a", _request())) == 2


def test_for_an_erased_user_nothing_is_requested(writers: Writers, serving: ModelServing, peer: ModelServer) -> None:
    """Their journal cannot be sealed."""
    writer = writers.writer(serving)
    writer.write("user-a", _request())
    writers.sealer.destroy("user-a")
    before = peer.requested.total()
    with pytest.raises(Erased):
        writer.write("user-a", _request(journal="recommender/ahead/other"))
    assert peer.requested.total() == before


def test_a_stop_ends_what_is_under_way(writers: Writers, serving: ModelServing, peer: ModelServer) -> None:
    """Without what has not come; and nothing begins after it."""
    writer, found = writers.writer(serving), list[Any]()
    peer.held_from = 0
    thread = threading.Thread(target=lambda: found.extend(writer.write("user-a", _request())))
    thread.start()
    try:
        wait_for(lambda: peer.at_once)
        writer.stop()
        thread.join(DEADLINE_S)
        assert not thread.is_alive()
    finally:
        peer.held_from = None
    assert found == []
    before = peer.requested.total()
    assert writer.write("user-b", _request(journal="recommender/ahead/b")) == []
    assert peer.requested.total() == before
