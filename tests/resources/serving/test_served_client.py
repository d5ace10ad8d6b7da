"""Asking through serving: what waits at a moment is one batch, and a serving that is away is transient."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from contracts.benchmark.models import ModelAnswer, ModelRequest
from contracts.refusals import Unavailable
from contracts.tips.serving import MOST_PROMPTS, Serving, ServingPrompt
from resources.home import Home
from resources.rpc.client import Client, ModuleAddress
from resources.rpc.internal_tokens import Signer, signing_key
from resources.rpc.operations import operations
from resources.serving.model_serving import ModelServing
from resources.serving.served_client import ServedClient
from tests.deadline import DEADLINE_S
from tests.resources.models.tip_requests import tip_request
from tests.resources.serving.models import model_at, serving_of
from tests.story.peers.model_server import model_server


class Batches:
    """Serving that notes how many prompts came together."""

    def __init__(self, serving: ModelServing) -> None:
        self._serving, self.sizes = serving, list[int]()

    def concurrency(self, models: Sequence[str]) -> dict[str, int]:
        """What serving says."""
        return self._serving.concurrency(models)

    def answers(self, prompts: Sequence[ServingPrompt], within_s: float) -> list[ModelAnswer]:
        """What serving says."""
        self.sizes.append(len(prompts))
        return self._serving.answers(prompts, within_s)


def _requested(serving: Serving, requests: Sequence[ModelRequest], sent: list[str]) -> list[ModelAnswer]:
    async def ask() -> list[ModelAnswer]:
        client = ServedClient(serving, {"plain": 3}, DEADLINE_S / 4, sent.append)
        assert client.concurrency(requests[0].model) == 3
        found = await asyncio.gather(*(client.answer(each) for each in requests))
        await client.close()
        return list(found)

    return asyncio.run(ask())


def test_what_waits_at_a_moment_is_one_batch(tmp_path: Path) -> None:
    """As many as a batch may have, then the rest; each request gets its own answer."""
    with model_server() as peer, serving_of({"plain": model_at(peer.url)}, tmp_path) as serving:
        batches, sent = Batches(serving), list[str]()
        requests = [tip_request(n, model=model_at(peer.url)) for n in range(MOST_PROMPTS + 3)]
        found = _requested(batches, requests, sent)
    assert batches.sizes == [MOST_PROMPTS, 3]
    assert [f"step {n} before" in (answer.text or "") for n, answer in enumerate(found)] == [True] * len(requests)
    assert sorted(sent) == [each.key for each in requests]


def test_a_serving_that_is_away_is_transient(tmp_path: Path) -> None:
    """Every request of the batch may be tried again."""
    signer = Signer(signing_key(Home(tmp_path)), lambda: 0.0)
    place = ModuleAddress(socket=str(tmp_path / "none.sock"))
    away: Serving = Client("serving", operations(Serving), place, signer, lambda _: Unavailable("serving is away"))
    found = _requested(away, [tip_request(n, model=model_at("http://127.0.0.1:9/v1")) for n in range(2)], [])
    assert [(each.kind, each.error) for each in found] == [("transient", "serving is away")] * 2
