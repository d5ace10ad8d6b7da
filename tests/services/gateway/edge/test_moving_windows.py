"""How often each name did something in the last minute."""

import random

from services.gateway.edge.moving_windows import WINDOW_S, MovingWindows, WindowHit


def test_a_limit_holds_in_every_minute() -> None:
    """Over a thousand random moments no minute holds more than the limit, and what is refused would be one too many."""
    rng, now = random.Random(7), 100.0  # noqa: S311  # a seed, no secret
    windows, passed = MovingWindows(lambda: now), list[float]()
    for _ in range(1_000):
        now += rng.expovariate(1 / 4)
        within = [each for each in passed if each > now - WINDOW_S]
        found = windows.hit("a", 10)
        assert found.passes == (len(within) < 10)
        if found.passes:
            passed.append(now)
        assert 0 <= found.left <= 9
        assert 0 < found.wait_s <= WINDOW_S


def test_what_is_left_and_for_how_long() -> None:
    """The oldest one decides when there is place again; another name has its own."""
    now = 100.0
    windows = MovingWindows(lambda: now)
    assert windows.hit("a", 2) == WindowHit(passes=True, left=1, wait_s=60.0)
    now += 20.0
    assert windows.hit("a", 2) == WindowHit(passes=True, left=0, wait_s=40.0)
    assert windows.hit("a", 2) == WindowHit(passes=False, left=0, wait_s=40.0)
    assert windows.hit("b", 2) == WindowHit(passes=True, left=1, wait_s=60.0)
    now += 40.0
    assert windows.hit("a", 2) == WindowHit(passes=True, left=0, wait_s=20.0)


def test_names_are_bounded() -> None:
    """Of ten thousand names in turn the last ones are remembered, as is one that goes on."""
    windows = MovingWindows(lambda: 1.0, most=100)
    for number in range(10_000):
        windows.hit(str(number), 5)
        busy = windows.hit("busy", 5)
    assert windows.names() == 100
    assert busy == WindowHit(passes=False, left=0, wait_s=60.0)
