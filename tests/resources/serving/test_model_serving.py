"""Serving in this process: answers in order, a deadline for each, and no more waiting than may be."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest

from contracts.benchmark.models import ModelAnswer
from contracts.refusals import InvalidInput, Unavailable
from contracts.tips.serving import LONGEST_WAIT_S, MOST_BATCHES, MOST_PROMPTS
from core.benchmark.model import Model
from tests.deadline import DEADLINE_S
from tests.resources.serving.models import model_at, prompt_for, serving_of
from tests.story.peers.model_server import ModelServer, model_server
from tests.story.peers.up import wait_for


@pytest.fixture
def peer() -> Iterator[ModelServer]:
    """A model server."""
    with model_server() as made:
        yield made


def test_each_prompt_has_its_answer(peer: ModelServer, tmp_path: Path) -> None:
    """In the order of the prompts; what cannot be asked says so and does not stop the others."""
    plain = model_at(peer.url)
    models = {"plain": plain, "template": Model("template", "template")}
    with serving_of(models, tmp_path) as serving:
        other = msgspec.structs.replace(prompt_for(plain), generation_hash="0" * 64)
        prompts = [prompt_for(plain, 7), prompt_for(Model("template", "template")), other, prompt_for(plain, 8)]
        found = serving.answers(prompts, DEADLINE_S / 2)
        assert serving.concurrency(["plain", "template", "none"]) == {"plain": 16}
    assert [answer.kind for answer in found] == ["text", "misconfigured", "misconfigured", "text"]
    assert "step 7 before" in (found[0].text or "")
    assert "has no model template" in (found[1].error or "")
    assert "another one in today's catalog" in (found[2].error or "")
    assert "step 8 before" in (found[3].text or "")
    assert peer.requested == {7: 1, 8: 1}


def test_a_slow_model_is_not_waited_for(peer: ModelServer, tmp_path: Path) -> None:
    """After the time its answer is transient, and the request no longer under way."""
    peer.held_from = 1
    plain = model_at(peer.url)
    with serving_of({"plain": plain}, tmp_path) as serving:
        assert serving.answers([prompt_for(plain, 1)], DEADLINE_S / 2)[0].kind == "text"
        (slow,) = serving.answers([prompt_for(plain, 2)], 0.05)
        assert (slow.kind, slow.error) == ("transient", "plain did not answer within 0.05 s")
        peer.held_from = None
        assert serving.answers([prompt_for(plain, 3)], DEADLINE_S / 2)[0].kind == "text"


def test_more_than_may_wait_are_refused_at_once(peer: ModelServer, tmp_path: Path) -> None:
    """Those that wait are answered all the same, and then there is room again."""
    peer.held_from = 0
    plain = model_at(peer.url)
    with serving_of({"plain": plain}, tmp_path) as serving, ThreadPoolExecutor(MOST_BATCHES) as pool:

        def ask(seed: int) -> list[ModelAnswer]:
            return serving.answers([prompt_for(plain, seed)], LONGEST_WAIT_S)

        waiting = [pool.submit(ask, seed) for seed in range(MOST_BATCHES)]
        try:
            wait_for(lambda: peer.at_once == MOST_BATCHES)  # each of them has its place
            with pytest.raises(Unavailable, match="wait already"):
                serving.answers([], 1.0)  # which asks no model
        finally:
            peer.held_from = None
        assert [each.result(DEADLINE_S)[0].kind for each in waiting] == ["text"] * MOST_BATCHES
        assert ask(99)[0].kind == "text"


def test_the_catalog_of_the_moment_counts(peer: ModelServer, tmp_path: Path) -> None:
    """A model that is added is asked without a restart, and one that moved where it is now."""
    models = {"plain": model_at("http://127.0.0.1:9/v1")}
    with serving_of(models, tmp_path) as serving:
        assert serving.answers([prompt_for(models["plain"])], DEADLINE_S / 2)[0].kind == "transient"
        models |= {"plain": model_at(peer.url), "silent": model_at(peer.url, "silent")}
        prompts = [prompt_for(models["plain"]), prompt_for(models["silent"])]
        assert [each.kind for each in serving.answers(prompts, DEADLINE_S / 2)] == ["text", "text"]


def test_what_cannot_be_is_refused(tmp_path: Path) -> None:
    """Before anything is asked."""
    with serving_of({}, tmp_path) as serving:
        with pytest.raises(InvalidInput, match="at most 16"):
            serving.answers([prompt_for(Model("m", "openai"))] * (MOST_PROMPTS + 1), 1.0)
        for within_s in (0.0, -1.0, LONGEST_WAIT_S + 1, float("nan")):
            with pytest.raises(InvalidInput, match="within_s"):
                serving.answers([], within_s)
    serving.close()
