"""Tapes: what is replayed, what is written, and where."""

import asyncio
from pathlib import Path
from typing import Any

from contracts.benchmark.models import ModelAnswer, TipRequest
from core.benchmark.model import Model
from core.benchmark.prompt import PromptMessage
from core.benchmark.scenario import Scenario
from resources.models.tape import TapeClient
from resources.models.template import TemplateClient

TEMPLATE = Model("template", "template")


def _request(number: int) -> TipRequest:
    return TipRequest(
        key=f"{number:032}",
        model=TEMPLATE,
        prompt="p",
        scenario=Scenario("s", "work", "en", {"situation": "x"}),
        tip_index=0,
        messages=(PromptMessage("user", f"Case {number}."),),
        text=None,
        stop=(),
        max_tokens=20,
        temperature=0.5,
        seed=number,
    )


def _source() -> TemplateClient:
    return TemplateClient(lambda _: None)


def _answers(client: Any, *numbers: int) -> list[ModelAnswer]:
    async def ask() -> list[ModelAnswer]:
        found = [await client.answer(_request(number)) for number in numbers]
        await client.close()
        return found

    return asyncio.run(ask())


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
    beside, home = tmp_path / "catalog.jsonl", tmp_path / "home.jsonl"
    _answers(TapeClient(beside, lambda _: None, TEMPLATE, _source()), 1, 2)
    kept = beside.read_bytes()
    first, second = kept.splitlines()
    home.write_bytes(second.replace(b'"text":"', b'"text":"Home: ') + b"\n")
    found = _answers(TapeClient(home, lambda _: None, TEMPLATE, _source(), beside), 1, 2, 3)
    assert [answer.replayed for answer in found] == [True, True, False]
    assert [(answer.text or "").startswith("Home: ") for answer in found] == [False, True, False]
    assert beside.read_bytes() == kept
    assert len(home.read_bytes().splitlines()) == 2
    assert first not in home.read_bytes()
