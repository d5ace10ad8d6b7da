"""Models that run here: the template baseline, the tape and the embedded Gemma."""

import asyncio
import hashlib
from pathlib import Path
from typing import Any

import pytest

from contracts.benchmark.models import ModelAnswer, TipRequest
from core.benchmark.model import Model
from core.benchmark.prompt import PromptMessage
from core.benchmark.scenario import Scenario
from resources.models import embedded
from resources.models.embedded import EmbeddedClient, EmbeddedModelError, assemble
from resources.models.tape import TapeBroken, TapeClient
from resources.models.template import TemplateClient

TEMPLATE = Model("template", "template")


def _request(number: int = 0, **changes: Any) -> TipRequest:
    fields: dict[str, Any] = {
        "key": f"{number:032}", "model": TEMPLATE, "prompt": "p", "tip_index": 0, "text": None, "stop": (),
        "scenario": Scenario("s", "work", "en", {"situation": "x", "open_tasks": ["File"]}),
        "messages": (PromptMessage("user", f"Case {number}."),), "max_tokens": 20, "temperature": 0.5, "seed": number,
    }  # fmt: skip
    return TipRequest(**{**fields, **changes})


def _answers(client: Any, *requests: TipRequest) -> list[ModelAnswer]:
    async def ask() -> list[ModelAnswer]:
        found = [await client.answer(request) for request in requests]
        await client.close()
        return found

    return asyncio.run(ask())


def _template(*requests: TipRequest) -> list[str | None]:
    return [answer.text for answer in _answers(TemplateClient(lambda _: None), *requests)]


def test_the_baseline_repeats_itself_and_varies_by_all_that_is_asked() -> None:
    """Equal requests give equal tips; over seeds, prompts, scenarios and tips there are many."""
    assert _template(_request(1)) == _template(_request(1))
    other = Scenario("t", "sleep", "en", {"situation": "y"})
    for variants in (
        [_request(seed=n) for n in range(12)],
        [_request(prompt=f"p{n}") for n in range(12)],
        [_request(tip_index=n) for n in range(12)],
        [_request(scenario=Scenario(f"s{n}", "work", "en", {"situation": "x"})) for n in range(12)],
    ):
        assert len(set(_template(*variants))) >= 4
    assert _template(_request(scenario=other)) != _template(_request())


def test_an_unknown_area_still_gets_a_tip() -> None:
    """A scenario without an area, or with one of the user's own, is answered."""
    for area in (None, "gardening"):
        (text,) = _template(_request(scenario=Scenario("s", area, None, {"text": "x"})))
        assert text


def test_a_tape_records_once_and_replays_without_its_source(tmp_path: Path) -> None:
    """What was recorded is replayed word for word; what was not is a fault of the set-up that names the tape."""
    path = tmp_path / "tape.jsonl"
    source = TemplateClient(lambda _: None)
    recorded = _answers(TapeClient(path, lambda _: None, TEMPLATE, source), _request(1), _request(2), _request(1))
    assert len(path.read_text().splitlines()) == 2
    sent: list[str] = []
    replayed = _answers(TapeClient(path, sent.append), _request(1), _request(2), _request(3))
    assert [answer.text for answer in replayed[:2]] == [answer.text for answer in recorded[:2]]
    assert replayed[2].kind == "misconfigured"
    assert "tape.jsonl" in (replayed[2].error or "")
    assert len(sent) == 3


def test_a_broken_tape_names_its_line(tmp_path: Path) -> None:
    """File, line and what to do."""
    (tmp_path / "t.jsonl").write_text("{}\n")
    with pytest.raises(TapeBroken, match=r"t\.jsonl:1:.*remove the line"):
        TapeClient(tmp_path / "t.jsonl", lambda _: None)


@pytest.mark.slow
def test_gemma_answers_and_the_same_seed_gives_the_same_answer(tmp_path: Path) -> None:
    """The packaged model is assembled once, completes text, and is deterministic by seed."""
    gemma = Model("gemma3-270m", "embedded", api="completion", parameters_b=0.27)
    asked = [
        _request(n, model=gemma, messages=None, text="Situation: I sleep badly.\nTip: ", stop=("\n",), max_tokens=24)
        for n in (1, 1, 2)
    ]
    answers = _answers(EmbeddedClient(tmp_path, lambda _: None), *asked)
    assert [answer.kind for answer in answers] == ["text"] * 3
    assert answers[0].text == answers[1].text
    assert answers[0].text != answers[2].text
    assert all(answer.tokens_out and answer.tokens_in and answer.latency_ms for answer in answers)
    files = sorted(path.name for path in tmp_path.iterdir())
    assert len(files) == 2
    data = assemble(tmp_path).read_bytes()
    assert hashlib.sha256(data).hexdigest() == embedded.SHA256


@pytest.mark.slow
def test_a_model_with_another_hash_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks that do not have the expected SHA-256 leave no file behind."""
    monkeypatch.setattr(embedded, "SHA256", "0" * 64)
    with pytest.raises(EmbeddedModelError, match="SHA-256"):
        assemble(tmp_path)
    assert list(tmp_path.iterdir()) == []
