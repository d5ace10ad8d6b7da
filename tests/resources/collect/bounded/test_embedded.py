"""The embedded model answers a trial beside the server."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from contracts.benchmark.models import ModelAnswer, ModelRequest
from contracts.refusals import InProgress
from core.benchmark.model import Model
from resources.collect.bounded import embedded
from resources.collect.bounded.embedded import BoundedEmbedded
from resources.home import Home
from resources.models.embedded import EmbeddedModelError
from tests.children import running_children
from tests.deadline import DEADLINE_S

GEMMA = Model("gemma3-270m", "embedded", api="completion", parameters_b=0.27, threads=1)
REQUEST = ModelRequest(
    key="k",
    model=GEMMA,
    messages=None,
    text="Situation: I sleep badly.\nTip: ",
    stop=("\n",),
    max_tokens=24,
    temperature=0.7,
    seed=1,
)


def _ask(home: Home, longest_s: float) -> ModelAnswer:
    return asyncio.run(BoundedEmbedded(home, longest_s).answer(REQUEST))


@pytest.mark.slow
def test_the_model_answers_within_its_bounds(tmp_path: Path) -> None:
    """It is assembled into the home, and no process of it is left; its weights were never in this one."""
    answer = _ask(Home(tmp_path), DEADLINE_S)
    assert (answer.kind, answer.error) == ("text", None)
    assert answer.tokens_out
    assert "gemma" not in Path("/proc/self/maps").read_text()
    assert running_children("embedded_process") == []


def test_one_that_takes_too_long_is_no_answer(tmp_path: Path) -> None:
    """Ended with its process, and said with the bounds; the place is free again."""
    for _ in range(2):
        answer = _ask(Home(tmp_path), 0.01)
        assert answer.kind == "transient"
        assert "0.01 s and 1024 MB" in (answer.error or "")


def test_one_is_asked_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second one is told so, and loads nothing."""
    begun, go_on = threading.Event(), threading.Event()

    def held(*_: object) -> None:
        begun.set()
        go_on.wait(DEADLINE_S)
        raise EmbeddedModelError("none")

    monkeypatch.setattr(embedded, "run_bounded", held)  # a real one ends by itself, whenever it likes
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(_ask, Home(tmp_path), 1.0)
        assert begun.wait(DEADLINE_S)
        with pytest.raises(InProgress):
            _ask(Home(tmp_path), 1.0)
        go_on.set()
        with pytest.raises(EmbeddedModelError):
            first.result()


def test_a_model_that_cannot_be_loaded_says_why(tmp_path: Path) -> None:
    """Its file cannot be written, say."""
    (tmp_path / "models").write_text("no folder")
    with pytest.raises(EmbeddedModelError):
        _ask(Home(tmp_path), DEADLINE_S)
