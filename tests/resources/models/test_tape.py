"""Tapes: what is replayed, what is written, and where."""

from pathlib import Path

import pytest

from contracts.benchmark.models import ModelAnswer
from resources.models.tape import TapeBroken, TapeClient
from resources.models.template import TemplateClient
from tests.resources.models.tip_requests import TEMPLATE, answers_of, tip_request


def _answers(client: TapeClient, *numbers: int) -> list[ModelAnswer]:
    return answers_of(client, *map(tip_request, numbers))


def _source() -> TemplateClient:
    return TemplateClient(lambda _: None)


def test_an_answer_says_whether_anyone_was_asked(tmp_path: Path) -> None:
    """The first time the source is asked, then it is replayed; a gap in a tape without a source asks nobody."""
    path = tmp_path / "home" / "tapes" / "t.jsonl"
    recording = TapeClient(path, lambda _: None, TEMPLATE, _source())
    assert [answer.replayed for answer in _answers(recording, 1, 1)] == [False, True]
    again = _answers(TapeClient(path, lambda _: None, TEMPLATE, _source()), 1, 2)
    assert [answer.replayed for answer in again] == [True, False]
    missing = _answers(TapeClient(path, lambda _: None), 2, 3)
    assert [(answer.kind, answer.replayed) for answer in missing] == [("text", True), ("misconfigured", True)]


def test_a_tape_kept_beside_is_replayed_and_never_written(tmp_path: Path) -> None:
    """Both tapes are read and the home's wins; what is new goes to the home's only."""
    catalog_tape, home = tmp_path / "catalog.jsonl", tmp_path / "home.jsonl"
    _answers(TapeClient(catalog_tape, lambda _: None, TEMPLATE, _source()), 1, 2)
    written = catalog_tape.read_bytes()
    first, second = written.splitlines()
    home.write_bytes(second.replace(b'"text":"', b'"text":"Home: ') + b"\n")
    found = _answers(TapeClient(home, lambda _: None, TEMPLATE, _source(), catalog_tape), 1, 2, 3)
    assert [answer.replayed for answer in found] == [True, True, False]
    assert [(answer.text or "").startswith("Home: ") for answer in found] == [False, True, False]
    assert catalog_tape.read_bytes() == written
    assert len(home.read_bytes().splitlines()) == 2
    assert first not in home.read_bytes()


def test_a_tape_records_once_and_replays_without_its_source(tmp_path: Path) -> None:
    """What was recorded is replayed word for word; what was not is a fault of the set-up that names the tape."""
    path = tmp_path / "tape.jsonl"
    source = TemplateClient(lambda _: None)
    recorded = _answers(TapeClient(path, lambda _: None, TEMPLATE, source), 1, 2, 1)
    assert len(path.read_text().splitlines()) == 2
    sent: list[str] = []
    replayed = _answers(TapeClient(path, sent.append), 1, 2, 3)
    assert [answer.text for answer in replayed[:2]] == [answer.text for answer in recorded[:2]]
    assert replayed[2].kind == "misconfigured"
    assert "tape.jsonl" in (replayed[2].error or "")
    assert len(sent) == 3


def test_a_broken_tape_names_its_line(tmp_path: Path) -> None:
    """File, line and what to do."""
    (tmp_path / "t.jsonl").write_text("{}\n")
    with pytest.raises(TapeBroken, match=r"t\.jsonl:1:.*remove the line"):
        TapeClient(tmp_path / "t.jsonl", lambda _: None)
