"""What is kept of uploads, and how much a judge may upload in a round."""

import hashlib
import json
import os
from typing import Any

import pytest

from contracts.access.caller import Role
from resources.judging.inbox import pending
from resources.judging.rounds.uploads import LIFE_S
from resources.judging.upload_limits import MOST_LINKS, MOST_UPLOADS, SMALLEST_LIMIT, QuotaUsed
from resources.sql.tables import UPLOADS

NAME = "tip-bench-judged"


@pytest.fixture(name="answers")
def answers_fixture(setup: Any, lines: Any) -> bytes:
    """A whole file of anna's."""
    return lines(setup.folder()).encode()  # type: ignore[no-any-return]  # untyped fixture


def _link(setup: Any, caller: str = "anna", size: int = 100_000) -> str:
    return setup.uploads.make(NAME, None, size, setup.callers[caller]).token  # type: ignore[no-any-return]  # untyped


def test_of_an_upload_its_answers_are_kept(setup: Any, answers: bytes) -> None:
    """A megabyte of blank lines is not; the ledger has the hash of what came, so that the same file again is known."""
    padded = b"\n" * (1 << 20) + answers.replace(b"\n", b"\n\n  ")
    receipt = setup.upload(_link(setup, size=2 << 20), padded)
    assert receipt.sha256 == hashlib.sha256(padded).hexdigest()
    assert len(setup.publish().accepted) == 1
    (stored,) = (setup.bench.home.inbox(NAME) / "imported").iterdir()
    assert stored.stat().st_size < 2 * len(answers)
    lines = [json.loads(line) for line in stored.read_bytes().splitlines()]
    assert lines == [json.loads(line) for line in answers.splitlines()]
    assert [source.sha256 for source in setup.bench.scores().sources()] == [receipt.sha256]
    assert setup.bench.scores().current()["line"].to_pylist() != []
    assert setup.upload(_link(setup, size=2 << 20), padded).state == "repeated"


def test_an_upload_that_a_crash_left_waiting_is_kept_as_its_answers(setup: Any, answers: bytes) -> None:
    """It was published, and not moved aside: known by its bytes, and kept like any other."""
    setup.upload(_link(setup), b"\n" * 50_000 + answers)
    (waiting,) = pending(setup.bench.home, NAME)
    data = waiting.read_bytes()
    setup.publish()
    waiting.write_bytes(data)
    assert setup.publish().repeated == [waiting.name]
    (stored,) = (setup.bench.home.inbox(NAME) / "imported").iterdir()
    assert stored.stat().st_size < 2 * len(answers)
    assert pending(setup.bench.home, NAME) == []


def _taken(setup: Any, number: int, size: int) -> None:
    """Used links of anna's, at this moment."""
    now = setup.time
    with setup.engine.begin() as connection:
        for _ in range(number):
            row = {"token_hash": os.urandom(8).hex(), "actor": "u-anna", "role": int(Role.JUDGE), "experiment": NAME}
            row |= {"judge": "anna", "size": size, "expires_at": now, "consumed_at": now}
            connection.execute(UPLOADS.insert().values(row))


@pytest.mark.parametrize(("number", "size", "said"), [(MOST_UPLOADS, 1, "100 files"), (4, SMALLEST_LIMIT, "bytes")])
def test_a_judge_has_a_quota_a_round(setup: Any, answers: bytes, number: int, size: int, said: str) -> None:
    """Of files and of bytes, with links made before too; an admin has none, and a new round has its own."""
    early = _link(setup)
    _taken(setup, number, size)
    for call in (lambda: _link(setup), lambda: setup.upload(early, answers)):
        with pytest.raises(QuotaUsed, match=said) as refused:
            call()
        assert refused.value.code == "RATE_LIMITED"
    assert setup.upload(_link(setup, "admin"), answers).state == "stored"
    setup.time += 60
    setup.open()
    assert setup.upload(_link(setup), answers).state in {"stored", "repeated"}


def test_a_judge_has_few_open_links(setup: Any) -> None:
    """One more is refused and not kept, until they end."""
    setup.folder()
    for _ in range(MOST_LINKS):
        _link(setup)
    with pytest.raises(QuotaUsed, match="links are open"):
        _link(setup)
    setup.time += LIFE_S + 1
    assert _link(setup)
