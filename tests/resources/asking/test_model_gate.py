"""When a model is asked on, and when its configuration has stopped it."""

import asyncio

from contracts.benchmark.models import ModelAnswer
from resources.asking.model_gate import AT_FIRST, MOST_UNCLEAR, ModelGate

TEXT = ModelAnswer(kind="text", text="Walk.")


def _bad(fault: str = "400 unsupported_parameter") -> ModelAnswer:
    return ModelAnswer(kind="failed", error=f"far answered {fault}", fault=fault, unclear=True)


def test_three_equal_complaints_stop_a_model_that_never_answered() -> None:
    """Two do not; none of them is a failure of its tip."""
    gate = ModelGate(answered=False)
    kinds = [gate.judged(f"k{n}", _bad()).kind for n in range(AT_FIRST - 1)]
    assert gate.stopped is None
    kinds.append(gate.judged("k9", _bad()).kind)
    assert kinds == ["misconfigured"] * AT_FIRST
    assert gate.stopped == "far answered 400 unsupported_parameter"


def test_complaints_that_differ_are_about_inputs_once_one_is_answered() -> None:
    """They are then failures, each told once."""
    gate = ModelGate(answered=False)
    first, second = _bad("400 one"), _bad("400 two")
    gate.judged("a", first)
    gate.judged("b", second)
    assert gate.resolved() == {}
    assert gate.judged("c", TEXT) is TEXT
    assert gate.resolved() == {"a": first, "b": second}
    assert gate.resolved() == {}
    assert gate.judged("d", _bad()).kind == "failed"
    assert gate.stopped is None


def test_complaints_that_never_agree_stop_it_in_the_end() -> None:
    """A model that never answers is not asked for ever."""
    gate = ModelGate(answered=False)
    for number in range(MOST_UNCLEAR):
        assert gate.stopped is None
        gate.judged(f"k{number}", _bad(f"400 {'abcdefghij'[number]}"))
    assert gate.stopped is not None


def test_a_key_or_a_quota_stops_it_at_once_and_at_any_time() -> None:
    """Also after answers."""
    gate = ModelGate(answered=True)
    gate.judged("a", TEXT)
    gate.judged("b", ModelAnswer(kind="misconfigured", error="far answered 401: no"))
    assert gate.stopped == "far answered 401: no"


def test_at_most_three_are_under_way_until_it_has_answered() -> None:
    """The fourth waits for the first answer; then all go."""

    async def run() -> tuple[list[int], list[int]]:
        gate, under_way = ModelGate(answered=False), list[int]()

        async def one(number: int, over: asyncio.Event) -> None:
            holds = await gate.enter()
            under_way.append(number)
            await over.wait()
            gate.judged(str(number), TEXT)
            if holds:
                await gate.leave()

        over = asyncio.Event()
        tasks = [asyncio.create_task(one(number, over)) for number in range(9)]
        for _ in range(20):
            await asyncio.sleep(0)
        before = list(under_way)
        over.set()
        await asyncio.gather(*tasks)
        return before, under_way

    before, after = asyncio.run(run())
    assert before == [0, 1, 2]
    assert sorted(after) == list(range(9))
