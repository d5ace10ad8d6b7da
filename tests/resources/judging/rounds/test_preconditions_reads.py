"""What is on record of an experiment is read once for what is checked and done at one moment, and passed on."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.opened_files import counting_opened
from tests.resources.judging.experiment import NAME, Bench
from tests.resources.judging.rounds.rounds_setup import RoundsSetup, open_rounds


@pytest.fixture
def setup(bench: Bench) -> Iterator[RoundsSetup]:
    """A round of anna's with its items, and the file of her answers."""
    for made in open_rounds(bench, f"sqlite:///{bench.home.database}"):
        made.folder("ben")
        made.open("anna")
        yield made


def _answers(setup: RoundsSetup) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in setup.folder("ben")).encode()


def _make(setup: RoundsSetup) -> str:
    return setup.uploads.make(NAME, "ben", 100_000, setup.callers["ben"]).token


def _link(setup: RoundsSetup) -> Callable[[], Any]:
    return lambda: _make(setup)


def _upload(setup: RoundsSetup) -> Callable[[], Any]:
    token, answers = _make(setup), _answers(setup)
    return lambda: setup.upload(token, answers)


def _webhook(setup: RoundsSetup) -> Callable[[], Any]:
    body = json.dumps({"experiment": NAME, "answers": setup.folder("ben")}).encode()
    return lambda: setup.webhooks.take("judge", "1", body)


def _answer(setup: RoundsSetup) -> Callable[[], Any]:
    (round_,) = setup.rounds._reads.store.of(NAME)  # noqa: SLF001  # so that what a store remembers is read before
    item = setup.items(round_.round.id)[0]
    return lambda: setup.say(round_.round.id, item, 4)


TAG = 1
"""A tag of the records is made of their bytes until the file has settled."""


@pytest.mark.parametrize(
    ("prepare", "reads"),
    [(_link, 1), (_upload, 2), (_webhook, 1), (_answer, TAG)],
    ids=["a link", "an upload, before and after its body", "a message", "an answer"],
)
def test_records_are_read_once_at_a_moment(setup: RoundsSetup, prepare: Any, reads: int) -> None:
    """Whatever is checked by them: that it is a judge, that the experiment is open, that a quota is not used."""
    act = prepare(setup)
    with counting_opened() as opened:
        act()
    assert opened["records.jsonl"] == reads
