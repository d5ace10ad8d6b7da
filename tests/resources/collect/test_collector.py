"""The collector and its ceiling."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from core.benchmark.grid import grid
from core.benchmark.model import Model
from core.benchmark.prompt import Prompt, PromptMessage
from core.benchmark.scenario import Scenario
from core.benchmark.spec import Options, Spec
from core.judging.rubric import Criterion, Rubric, Scale
from resources.collect.collector import Collected, Collector
from resources.lake.journal import Journal
from resources.models.tape import TapeClient
from resources.models.template import TemplateClient
from tests.journals import journal_at

PRICED = Model("remote", "openai", price_in=1000.0, price_out=2000.0)
TAPE = Model("tape", "tape", source="remote", source_model=PRICED, tape="t.jsonl")
SPEC = Spec(
    experiment="tip-bench-a",
    source="run",
    options=Options(),
    models=(TAPE,),
    prompts=(Prompt("p", "1", "x", "chat", (PromptMessage("user", "{{ situation }}"),), max_tokens=40),),
    cells=((0, 0),),
    scenarios=tuple(Scenario(f"s{n}", "work", "en", {"situation": f"case {n}"}) for n in range(6)),
    rubric=Rubric("r", "1", Scale(1, 5), (Criterion("clear", "x"),)),
    n_tips=1,
    temperature=0.0,
    seed=0,
    failures="worst",
    created_at="2026-01-01T00:00:00+00:00",
)


def _collect(folder: Path, tape: Path, ceiling: float | None) -> Collected:
    """Collect with a tape whose source is the template, which reports tokens as a priced server would."""

    async def run(journal: Journal) -> Collected:
        client = TapeClient(tape, journal.sent, PRICED, TemplateClient(journal.sent))
        settings: dict[str, Any] = {
            "taken_over": frozenset(), "ceiling": ceiling, "now": lambda: "", "progress": lambda *_: None,
        }  # fmt: skip
        return await Collector(SPEC, journal, {"tape": client}, **settings).run()

    folder.mkdir()
    with Journal(journal_at(folder / "journal.jsonl")) as journal:
        return asyncio.run(run(journal))


def test_a_tape_that_asks_is_paid_and_one_that_replays_is_not(tmp_path: Path) -> None:
    """The first run pays for every answer at the source's price; the same answers from the tape cost 0."""
    tape = tmp_path / "t.jsonl"
    paid = _collect(tmp_path / "first", tape, None)
    assert paid.done == 6
    assert paid.cost > 0
    replayed = _collect(tmp_path / "second", tape, None)
    assert (replayed.done, replayed.cost) == (6, 0.0)


def test_a_tape_stops_at_the_ceiling(tmp_path: Path) -> None:
    """Collecting stops before the source's worst cost could pass the ceiling, and what was spent stays under it."""
    all_ = _collect(tmp_path / "free", tmp_path / "a.jsonl", None).cost
    found = _collect(tmp_path / "held", tmp_path / "b.jsonl", all_ * 0.9)
    assert found.stopped
    assert 0 <= found.done < 6
    assert found.cost <= all_ * 0.9
    assert found.cost == pytest.approx(all_ * found.done / 6, rel=0.6)


def test_with_nothing_missing_no_client_is_needed(tmp_path: Path) -> None:
    """Everything is final: what there is is counted, and no model is opened."""

    async def run(journal: Journal) -> Collected:
        taken = frozenset(generation.key for generation in grid(SPEC))
        collector = Collector(
            SPEC, journal, {}, taken_over=taken, ceiling=None, now=lambda: "", progress=lambda *_: None
        )
        return await collector.run()

    with Journal(journal_at(tmp_path / "journal.jsonl")) as journal:
        found = asyncio.run(run(journal))
    assert (found.done, found.left, found.requested) == (6, 0, 0)


def test_what_may_be_paid_twice_is_a_sentence() -> None:
    """Nothing is said where nothing is; one and several are told in their own grammar."""
    assert Collected(6).paid_twice() is None
    one, two = Collected(6, maybe_paid_twice=1).paid_twice(), Collected(6, maybe_paid_twice=2).paid_twice()
    assert one == "1 request was sent again whose first answer was never seen: it may be paid twice"
    assert two == "2 requests were sent again whose first answer was never seen: they may be paid twice"
