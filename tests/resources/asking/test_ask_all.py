"""Asking models for answers to any requests, without an experiment."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from contracts.benchmark.models import ModelAnswer, ModelRequest
from core.benchmark.model import Model
from core.benchmark.outcome import Outcome
from core.benchmark.prompt import PromptMessage
from resources.asking.ask_all import GIVE_UP, ModelRequests, ask_all
from resources.asking.budget import Budget
from resources.home import Home
from resources.lake.journal import Journal, OutcomeReader, read_index
from resources.privacy.sealed_lines import SealedLines
from resources.privacy.user_keys import open_user_keys
from tests.journals import journal_at

MODEL = Model("judge", "openai", price_in=0.0, price_out=1e6)
OTHER = Model("other", "openai")


class Scripted:
    """A client that answers as a function says, three requests at once; a server would hide which came when."""

    def __init__(self, answer: Callable[[str], ModelAnswer | Exception], journal: Journal) -> None:
        self._answer, self._journal = answer, journal
        self.under_way = self.most = 0

    def concurrency(self, model: Model) -> int:  # noqa: ARG002  # the protocol's signature
        """Return 3."""
        return 3

    async def answer(self, request: ModelRequest) -> ModelAnswer:
        """Return what the function says, or raise it."""
        self._journal.sent(request.key)
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await asyncio.sleep(0)
        self.under_way -= 1
        answer = self._answer(request.key)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def close(self) -> None:
        """Do nothing, as nothing is open."""


def _requests(model: Model, count: int) -> Iterator[ModelRequest]:
    for number in range(count):
        message = PromptMessage("user", f"Rate item {number}.")
        yield ModelRequest(
            key=f"{model.name}-{number}", model=model, messages=(message,), text=None, stop=(), max_tokens=1,
            temperature=0.0, seed=number,
        )  # fmt: skip


def _text(key: str) -> ModelAnswer:
    return ModelAnswer(kind="text", text=f"4 for {key}", tokens_in=5, tokens_out=1)


def _ask(
    journal: Journal,
    answer: Callable[[str], ModelAnswer | Exception],
    *models: Model,
    count: int = 20,
    ceiling: float | None = None,
) -> tuple[dict[str, str], list[tuple[str, str, str | None]], Scripted]:
    """Return what stopped models, what was noted (model, kind, stopped), and the client."""
    client, noted = Scripted(answer, journal), list[tuple[str, str, str | None]]()

    def note(model: str, outcome: Outcome, stopped: str | None) -> None:
        noted.append((model, outcome.kind, stopped))

    found = asyncio.run(
        ask_all(
            [ModelRequests(model, _requests(model, count)) for model in models],
            journal,
            {model.name: client for model in models},
            Budget(ceiling),
            now=lambda: "2026-01-01T00:00:00+00:00",
            on_outcome=note,
        )
    )
    return found, noted, client


def test_requests_from_anywhere_are_answered_and_journaled(tmp_path: Path) -> None:
    """Two models answer 20 requests each, three at once, and every outcome stands in the journal with its time."""
    with Journal(journal_at(tmp_path / "journal")) as journal:
        stopped, noted, client = _ask(journal, _text, MODEL, OTHER)
    assert stopped == {}
    assert sorted(noted) == [("judge", "text", None)] * 20 + [("other", "text", None)] * 20
    assert 3 < client.most <= 6
    index = read_index(journal_at(tmp_path / "journal"))
    assert (len(index.final), index.in_flight, index.cost) == (40, set(), 20.0)
    with OutcomeReader(journal_at(tmp_path / "journal")) as reader:
        outcome = reader.at(index.places["judge-7"])
    assert (outcome.raw, outcome.at) == ("4 for judge-7", "2026-01-01T00:00:00+00:00")


def test_a_journal_sealed_for_a_user_serves_as_well(tmp_path: Path) -> None:
    """Outcomes go into a sealed journal, of which nothing can be read without the user's key."""
    keys = open_user_keys(Home(tmp_path / "home"))
    codec = SealedLines(keys, "u1", "tips")
    with Journal(journal_at(tmp_path / "journal", codec)) as journal:
        _ask(journal, _text, MODEL)
    assert len(read_index(journal_at(tmp_path / "journal", codec)).final) == 20
    assert b"judge" not in (tmp_path / "journal").read_bytes()


def test_the_ceiling_leaves_the_rest_without_an_outcome(tmp_path: Path) -> None:
    """At 1 USD an answer, a ceiling of 7 USD is spent to the last dollar and no further request is sent."""
    with Journal(journal_at(tmp_path / "journal")) as journal:
        _, noted, _ = _ask(journal, _text, MODEL, ceiling=7.0)
        assert (len(noted), journal.index.cost, journal.index.in_flight) == (7, 7.0, set())


def test_a_model_that_keeps_failing_is_left_alone_and_another_goes_on(tmp_path: Path) -> None:
    """After ten transient failures in a row no request is sent to that model; the other answers all of its own."""

    def answer(key: str) -> ModelAnswer:
        return ModelAnswer(kind="transient", error="away") if key.startswith("judge") else _text(key)

    with Journal(journal_at(tmp_path / "journal")) as journal:
        stopped, noted, _ = _ask(journal, answer, MODEL, OTHER)
    failed = noted.count(("judge", "transient", None))
    assert GIVE_UP <= failed <= GIVE_UP + 2  # those under way when the tenth came
    assert (stopped, noted.count(("other", "text", None))) == ({}, 20)


def test_a_wrong_configuration_stops_its_model_by_the_servers_words(tmp_path: Path) -> None:
    """One answer about the key stops the model before its other requests are sent, and is returned."""
    refused = ModelAnswer(kind="misconfigured", error="answered 401: no such key")
    with Journal(journal_at(tmp_path / "journal")) as journal:
        stopped, noted, _ = _ask(journal, lambda _: refused, MODEL)
    assert stopped == {"judge": "answered 401: no such key"}
    assert 1 <= len(noted) <= 3
    assert {kind for _, kind, _ in noted} == {"misconfigured"}


def test_a_clients_error_ends_everything_and_comes_out_alone(tmp_path: Path) -> None:
    """An error that a person can mend is raised as itself, not in a group, and what was answered before stays."""

    def answer(key: str) -> ModelAnswer | Exception:
        return RuntimeError("the model file is damaged") if key == "judge-9" else _text(key)

    with (
        Journal(journal_at(tmp_path / "journal")) as journal,
        pytest.raises(RuntimeError, match="the model file is damaged"),
    ):
        _ask(journal, answer, MODEL)
    assert 6 <= len(read_index(journal_at(tmp_path / "journal")).final) < 20
