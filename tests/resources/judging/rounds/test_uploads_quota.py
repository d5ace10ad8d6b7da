"""What is kept of uploads, and how much a judge may upload in a round."""

import asyncio
import hashlib
import json
import os
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from contracts.access.caller import Role
from contracts.judging import Receipt
from contracts.refusals import NotFound
from resources.judging.inbox import pending
from resources.judging.receiving.arrivals import arrivals
from resources.judging.rounds.uploads import LIFE_S, Uploads
from resources.judging.upload_limits import MOST_AT_ONCE, MOST_LINKS, MOST_UPLOADS, SMALLEST_LIMIT, QuotaUsed
from resources.sql.tables import UPLOADS
from tests.deadline import DEADLINE_S

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
    blobs, (waiting,) = setup.bench.home.storage.blobs, arrivals(setup.bench.home, NAME)
    data = blobs.get(waiting.key)
    setup.publish()
    blobs.put(waiting.key, data)
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


async def _never() -> AsyncIterator[bytes]:
    raise AssertionError("the body was read")
    yield b""


async def _whole(data: bytes) -> AsyncIterator[bytes]:
    yield data


class _Gate:
    """Bodies that come only once the gate is open, and how many of them were asked for."""

    def __init__(self) -> None:
        self.begun, self.open = asyncio.Semaphore(0), asyncio.Event()

    async def body(self, data: bytes) -> AsyncIterator[bytes]:
        """Give the body."""
        self.begun.release()
        await self.open.wait()
        yield data


def test_files_on_their_way_are_bounded_by_caller(setup: Any, answers: bytes) -> None:
    """Of nine through one link the ninth is refused before a byte of it is read; another caller's is taken."""
    setup.folder("ben")
    token, others = _link(setup), _link(setup, "ben")

    async def run() -> list[Any]:
        gate = _Gate()
        waiting = [
            asyncio.create_task(setup.uploads.take(token, gate.body(answers), None)) for _ in range(MOST_AT_ONCE)
        ]
        for _ in waiting:
            await gate.begun.acquire()
        with pytest.raises(QuotaUsed):
            await setup.uploads.take(token, _never(), None)
        assert (await setup.uploads.take(others, _whole(b"{\n"), None)).state == "rejected"
        gate.open.set()
        said = await asyncio.gather(*waiting, return_exceptions=True)
        with pytest.raises(NotFound):  # all places are free again: it is the link that is spent
            await setup.uploads.take(token, _never(), None)
        return said

    said = asyncio.run(run())
    assert [answer.state for answer in said if isinstance(answer, Receipt)] == ["stored"]
    assert [type(answer) for answer in said if not isinstance(answer, Receipt)] == [NotFound] * (MOST_AT_ONCE - 1)


def test_files_that_wait_to_be_read_take_no_thread_of_others(setup: Any, answers: bytes) -> None:
    """While one file is read and others wait, as many as there may be, calls of another kind find a thread."""
    reading, free = threading.Event(), threading.Event()
    free.set()

    def allowed(_actor: str, _role: Role) -> bool:
        if not free.is_set():
            reading.set()
        return free.wait(DEADLINE_S)

    given: dict[str, Any] = {"clock": lambda: setup.time, "random_bytes": os.urandom, "still_allowed": allowed}
    uploads = Uploads(setup.context, setup.engine, **given)
    setup.folder()
    token = _link(setup)

    async def run() -> None:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(2))
        gate = _Gate()
        waiting = [asyncio.create_task(uploads.take(token, gate.body(answers), None)) for _ in range(MOST_AT_ONCE)]
        for _ in waiting:
            await gate.begun.acquire()
        free.clear()
        gate.open.set()
        await asyncio.to_thread(reading.wait, DEADLINE_S)
        for _ in range(100):
            await asyncio.to_thread(int)
        assert not free.is_set()
        free.set()
        await asyncio.gather(*waiting, return_exceptions=True)

    asyncio.run(run())
