import itertools

from hypothesis import given
from hypothesis import strategies as st

from core.judging.publishing_throttle import EVERY_S, Publishing, decide


def state(**given: object) -> Publishing:
    """Nothing waits, unless said otherwise."""
    plain: dict[str, object] = {
        "experiment": "tip-bench-x", "files": "", "last_answer": None, "round_open": False, "active": 0,
        "last_start": None,
    }  # fmt: skip
    return Publishing(**{**plain, **given})  # type: ignore[arg-type]  # the names are checked at run time


states = st.builds(
    Publishing,
    experiment=st.just("tip-bench-x"),
    files=st.sampled_from(["", "a.jsonl:1:2"]),
    last_answer=st.none() | st.integers(1, 9),
    round_open=st.booleans(),
    active=st.integers(0, 3),
    last_start=st.none() | st.floats(0, 1e4),
)


@given(states, st.floats(0, 1e4))
def test_nothing_starts_without_anything_to_publish(publishing: Publishing, now: float) -> None:
    """A start means that a file or an answer waits, and something that waits is never forgotten."""
    waits = bool(publishing.files) or publishing.last_answer is not None
    assert (decide(publishing, now).what == "nothing") == (not waits)


@given(states, st.floats(0, 1e4))
def test_while_a_round_is_open_one_run_and_one_start_a_minute(publishing: Publishing, now: float) -> None:
    """Neither beside a run that is queued or running, nor within a minute of the last start."""
    if publishing.round_open and decide(publishing, now).what == "start":
        assert publishing.active == 0
        assert publishing.last_start is None or not 0 <= now - publishing.last_start < EVERY_S


@given(st.lists(st.tuples(st.floats(0.1, 30), st.booleans()), max_size=200))
def test_a_day_of_judging_starts_at_most_once_a_minute(ticks: list[tuple[float, bool]]) -> None:
    """However often the sensor looks and answers come, starts lie a minute apart, and none has the key of another."""
    starts: list[float] = []
    keys: list[str] = []
    now, answer = 0.0, 0
    for step, answered in ticks:
        now += step
        answer += answered
        said = decide(
            state(round_open=True, last_answer=answer or None, last_start=starts[-1] if starts else None), now
        )
        if said.what == "start":
            starts.append(now)
            keys.append(said.key)
    assert all(later - earlier >= EVERY_S for earlier, later in itertools.pairwise(starts))
    assert len(set(keys)) == len(keys)


def test_closing_publishes_at_once_or_after_the_run_in_progress() -> None:
    """Without an open round a minute need not pass, but a run in progress ends first."""
    closed = state(last_answer=7, last_start=100.0)
    assert decide(closed, 101.0).what == "start"
    assert decide(state(last_answer=7, last_start=100.0, active=1), 101.0).what == "wait"


def test_a_file_without_a_round_is_offered_as_ever() -> None:
    """At once, with a key of its own for two minutes, then again."""
    waiting = state(files="a.jsonl:1:2", active=1, last_start=99.0)
    first = decide(waiting, 120.0)
    assert first.what == "start"
    assert decide(waiting, 239.9).key == first.key
    assert decide(waiting, 240.0).key != first.key


def test_a_round_that_opens_does_not_hold_back_what_closing_left() -> None:
    """The key of a start under a round differs from one without, so that neither hides the other."""
    assert decide(state(last_answer=7), 0.0).key != decide(state(last_answer=7, round_open=True), 0.0).key


def test_a_clock_set_back_holds_nothing_up() -> None:
    """A last start in the future is not waited for."""
    assert decide(state(last_answer=1, round_open=True, last_start=1e9), 5.0).what == "start"
