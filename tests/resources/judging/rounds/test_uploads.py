import asyncio
import os
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from contracts.judging import Receipt
from contracts.refusals import Conflict, InvalidInput, NotFound
from core.benchmark.records import ArchiveRecord
from kit.http.bodies import TooLarge
from resources.judging.importer import LARGEST
from resources.judging.inbox import pending
from resources.judging.rounds.uploads import LIFE_S
from resources.judging.upload_limits import SMALLEST_LIMIT
from resources.lake.specs import add_records
from resources.sql.tables import UPLOADS

NAME = "tip-bench-judged"


async def pieces(data: bytes, size: int = 700) -> AsyncIterator[bytes]:
    """A body that comes in pieces, with a turn for others between them."""
    for start in range(0, len(data), size):
        await asyncio.sleep(0)
        yield data[start : start + size]


def put(setup: Any, token: str, data: bytes, caller: Any = None) -> Receipt:
    """One upload."""
    return asyncio.run(setup.uploads.take(token, pieces(data), caller))  # type: ignore[no-any-return]  # untyped fixture


@pytest.fixture(name="answers")
def answers_fixture(setup: Any, lines: Any) -> bytes:
    """A whole file of anna's."""
    return lines(setup.folder()).encode()  # type: ignore[no-any-return]  # untyped fixture


def _link(setup: Any, caller: str = "anna", judge: str | None = None, size: int = 100_000) -> str:
    return setup.uploads.make(NAME, judge, size, setup.callers[caller]).token  # type: ignore[no-any-return]  # untyped


def test_a_file_is_stored_published_later_and_the_link_is_spent(setup: Any, answers: bytes) -> None:
    """The receipt counts its answers; nothing of the upload is left but the file in the inbox."""
    token = _link(setup)
    receipt = put(setup, token, answers)
    assert (receipt.state, receipt.judge, receipt.n_answers) == ("stored", "anna", 16)
    assert pending(setup.bench.home, NAME) == [f"{receipt.sha256[:12]}-upload.jsonl"]
    assert list((setup.bench.home.root / "uploads").iterdir()) == []
    with pytest.raises(NotFound):
        put(setup, token, answers)
    assert len(setup.publish().accepted) == 1
    again = put(setup, _link(setup), answers)
    assert again.state == "repeated"
    assert pending(setup.bench.home, NAME) == []


def test_a_rejected_file_leaves_the_link(setup: Any, answers: bytes) -> None:
    """Its problems come by line, nothing of it is kept, and the corrected file is taken by the same link."""
    token = _link(setup)
    receipt = put(setup, token, answers + b'{"item": "nobody", "rubric": "tips@1", "unscorable": "x"}\n{oops\n')
    assert (receipt.state, receipt.n_problems) == ("rejected", 2)
    assert [problem.line for problem in receipt.problems] == [17, 18]
    assert pending(setup.bench.home, NAME) == []
    assert list((setup.bench.home.root / "uploads").iterdir()) == []
    assert put(setup, token, answers).state == "stored"


def test_a_table_is_known_from_json_lines(setup: Any) -> None:
    """The judge's items.csv, filled in, with the byte order mark that spreadsheets write."""
    rows = setup.folder()
    text = "item,rubric,clear,kind,comment,unscorable\n" + "".join(f"{row['item']},tips@1,3,4,,\n" for row in rows)
    receipt = put(setup, _link(setup), b"\xef\xbb\xbf" + text.encode())
    assert (receipt.state, receipt.n_answers) == ("stored", 16)
    assert setup.publish().rejected == {}


def test_an_upload_is_read_over_as_a_file_is(setup: Any, answers: bytes) -> None:
    """A fence with text around it, and a sheet that is filled half; the sensor takes what the receipt promised."""
    receipt = put(setup, _link(setup), b"Done:\n```json\n" + answers + b"```\n")
    assert (receipt.state, receipt.n_answers) == ("stored", 16)
    assert receipt.read_over == ["a Markdown fence", "the text around it"]
    (waiting,) = pending(setup.bench.home, NAME)
    assert waiting.endswith(".jsonl")
    rows = setup.folder()
    sheet = "item;rubric;clear;kind\n" + "".join(f"{row['item']};tips@1;3,5;4\n" for row in rows[:9])
    half = put(setup, _link(setup), (sheet + f"{rows[9]['item']};tips@1;;\n").encode())
    assert (half.state, half.n_answers, half.n_blank) == ("stored", 9, 1)
    assert setup.publish().rejected == {}


def test_reading_stops_beyond_the_size(setup: Any, answers: bytes) -> None:
    """The link says how much comes; the rest of the body is not read and the link stays."""
    token, taken = _link(setup, size=len(answers)), []

    async def endless() -> AsyncIterator[bytes]:
        while True:
            taken.append(1)
            yield b"x" * 1000

    with pytest.raises(TooLarge) as refusal:
        asyncio.run(setup.uploads.take(token, endless(), None))
    assert refusal.value.path == ("body",)
    assert len(taken) <= len(answers) // 1000 + 2
    assert list((setup.bench.home.root / "uploads").iterdir()) == []
    assert put(setup, token, answers).state == "stored"


def test_of_two_at_once_one_wins(setup: Any, answers: bytes) -> None:
    """Eight parallel uploads through one link, each another valid file: one receipt, one file, else not found."""
    token = _link(setup)
    bodies = [answers.split(b"\n", n)[n] for n in range(8)]

    async def race() -> list[Any]:
        uploads = [setup.uploads.take(token, pieces(body), None) for body in bodies]
        return await asyncio.gather(*uploads, return_exceptions=True)

    said = asyncio.run(race())
    assert [type(answer) for answer in said if not isinstance(answer, Receipt)] == [NotFound] * 7
    assert len(pending(setup.bench.home, NAME)) == 1


def test_unknown_spent_expired_and_demoted_are_all_not_found(setup: Any, answers: bytes) -> None:
    """In one sentence, so that nothing is learned; and before a byte is read."""
    expired = _link(setup)
    setup.time += LIFE_S + 1
    demoted, other = _link(setup), _link(setup)
    said = set()

    async def unread() -> AsyncIterator[bytes]:
        raise AssertionError("the body was read")
        yield b""

    for token, caller, allowed in (
        ("nothing", None, True),
        ("", None, True),
        ("\ud800", None, True),
        (expired, None, True),
        (demoted, None, False),
        (other, setup.callers["ben"], True),
    ):
        setup.allowed = allowed
        with pytest.raises(NotFound) as refusal:
            asyncio.run(setup.uploads.take(token, unread(), caller))
        said.add(str(refusal.value))
    assert len(said) == 1
    setup.allowed = True
    assert put(setup, other, answers, setup.callers["anna"]).state == "stored"


def test_a_role_taken_away_while_the_file_comes_counts(setup: Any, answers: bytes) -> None:
    """It is asked again before the file is placed."""
    token = _link(setup)

    async def body() -> AsyncIterator[bytes]:
        yield answers
        setup.allowed = False

    with pytest.raises(NotFound):
        asyncio.run(setup.uploads.take(token, body(), None))
    assert pending(setup.bench.home, NAME) == []


def test_a_link_is_bound_to_its_judge(setup: Any, answers: bytes) -> None:
    """A judge gets one for itself alone, and another judge's items are rejected through it."""
    for caller, judge in (("anna", "ben"), ("user", "anna")):
        with pytest.raises(NotFound):
            setup.uploads.make(NAME, judge, 10, setup.callers[caller])
    token = _link(setup, "admin", "ben")
    assert put(setup, token, answers).state == "rejected"
    assert put(setup, _link(setup, "admin"), answers).judge == "anna"


@pytest.mark.parametrize("size", [0, -1, LARGEST + 1, 10**18])
def test_a_size_out_of_range_is_refused(setup: Any, size: int) -> None:
    """From 1 byte to 512 MB."""
    with pytest.raises(InvalidInput):
        setup.uploads.make(NAME, None, size, setup.callers["admin"])


def test_a_judge_uploads_less_than_an_admin(setup: Any) -> None:
    """One byte more than the judge's limit gets no link; the refusal says how much is allowed."""
    setup.folder()
    assert setup.uploads.make(NAME, None, SMALLEST_LIMIT, setup.callers["anna"]).max_bytes == SMALLEST_LIMIT
    with pytest.raises(InvalidInput, match=f"use 1 to {SMALLEST_LIMIT} bytes"):
        _link(setup, size=SMALLEST_LIMIT + 1)
    assert _link(setup, "admin", size=SMALLEST_LIMIT + 1)


def test_archiving_closes_links(setup: Any, answers: bytes) -> None:
    """A link made before takes nothing after."""
    token = _link(setup)
    add_records(setup.bench.home, NAME, [ArchiveRecord("boss", "t")])
    with pytest.raises(Conflict):
        put(setup, token, answers)


def test_a_broken_body_leaves_nothing(setup: Any, answers: bytes) -> None:
    """The peer goes away in the middle: no file, no part of one, and the link stays."""

    class Disconnected(Exception):
        pass

    async def broken() -> AsyncIterator[bytes]:
        yield answers[:100]
        raise Disconnected

    token = _link(setup)
    with pytest.raises(Disconnected):
        asyncio.run(setup.uploads.take(token, broken(), None))
    assert list((setup.bench.home.root / "uploads").iterdir()) == []
    assert put(setup, token, answers).state == "stored"


def test_the_token_is_stored_nowhere(setup: Any, answers: bytes) -> None:
    """Only its hash is in the database; no file of the home holds it, nor does a refusal."""
    token = _link(setup)
    put(setup, token, answers + b"oops")
    with pytest.raises(NotFound) as refusal:
        put(setup, "x" + token, answers)
    assert token not in str(refusal.value)
    for path in setup.bench.home.root.rglob("*"):
        assert not path.is_file() or token.encode() not in path.read_bytes()
        assert token not in path.name


def test_what_a_crash_left_is_swept(setup: Any) -> None:
    """A part older than a day goes when the next link is made; a younger one may still be coming."""
    folder = setup.bench.home.root / "uploads"
    folder.mkdir(parents=True)
    for name, age in (("old.part", 90_000), ("new.part", 10)):
        (folder / name).write_bytes(b"x")
        os.utime(folder / name, (setup.time - age, setup.time - age))
    _link(setup, "admin")
    assert [path.name for path in folder.iterdir()] == ["new.part"]


def test_a_crash_between_file_and_link_is_mended_by_the_next_try(setup: Any, answers: bytes) -> None:
    """The file is in place and the link not spent: the same file again is stored once and spends it."""
    token = _link(setup)
    first = put(setup, token, answers)
    with setup.engine.begin() as connection:
        connection.execute(UPLOADS.update().values(consumed_at=None))
    assert put(setup, token, answers) == first
    assert len(pending(setup.bench.home, NAME)) == 1
    with pytest.raises(NotFound):
        put(setup, token, answers)


def test_a_judge_does_not_learn_which_experiments_there_are(setup: Any) -> None:
    """One that it has no part in is answered as one that does not exist; an admin may name any judge."""
    stranger = msgspec.structs.replace(setup.callers["anna"], judge="carla")
    refused = []
    for name in (NAME, "tip-bench-nowhere"):
        with pytest.raises(NotFound) as found:
            setup.uploads.make(name, None, 100, stranger)
        refused.append((found.value.message, found.value.path))
    assert refused[0] == refused[1]


def test_a_receipt_names_no_other_judge(setup: Any, answers: bytes) -> None:
    """Whoever sends a file with another judge's item is told no more than that."""
    receipt = put(setup, _link(setup, "admin", "bert"), answers)
    assert receipt.state == "rejected"
    assert "of another judge than bert" in receipt.problems[0].message
    assert "anna" not in str(receipt)
