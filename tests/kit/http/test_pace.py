"""How long is waited beyond a rate."""

from kit.http.pace import MOST_NAMES, RatePace


def test_who_takes_more_than_a_burst_waits_for_the_rest() -> None:
    """At 10 a second and 5 at once: the sixth waits a tenth of a second, another name does not."""
    now = 1000.0
    pace = RatePace(10, 5, lambda: now)
    assert [round(pace.take("a", 1), 9) for _ in range(7)] == [0.0] * 5 + [0.1, 0.2]
    assert pace.take("b", 5) == 0.0
    now += 60.0
    assert pace.take("a", 5) == 0.0


def test_names_that_need_not_wait_are_forgotten() -> None:
    """However many take a unit, no more are remembered than the bound, and those that wait."""
    now = 0.0
    pace = RatePace(100, 200, lambda: now)
    pace.take("slow", 100_000)
    for number in range(MOST_NAMES * 2):
        now += 0.01
        pace.take(str(number), 1)
    assert pace.names() <= MOST_NAMES + 1
    assert pace.take("slow", 0) > 0
