"""Progress as lines and as a bar, by a clock that the test moves."""

import pytest

from resources.collect.progress import ModelProgress, Progress
from wiring.cli.progress import ShownProgress, duration, log_progress, waiting


class Seconds:
    """A clock that stands still until it is moved."""

    now = 0.0

    def __call__(self) -> float:
        """Return its seconds."""
        return self.now


def _progress(done: int, **more: float) -> Progress:
    models = (ModelProgress("gpt", done, 300), ModelProgress("gemma", 0, 0))
    return Progress(done, 300, failed=int(more.get("failed", 0)), retries=int(more.get("retries", 0)),
                    cost=more.get("cost", 0.0), models=models)  # fmt: skip


def test_lines_come_at_growing_intervals(capsys: pytest.CaptureFixture[str]) -> None:
    """Each 10 s in the first minute, then each 30 s, after ten minutes each 60 s; all that is known is on the line."""
    clock, at = Seconds(), []
    with log_progress("collecting x", 300, clock) as advance:
        assert capsys.readouterr().err == "collecting x: 300 generations\n"
        advance(_progress(0))
        for second in range(1, 901):
            clock.now = float(second)
            advance(_progress(second // 5, failed=3, retries=1, cost=0.01234))
            if lines := capsys.readouterr().err.splitlines():
                at.append(second)
                last = lines
    assert at == [10, 20, 30, 40, 50, 60, *range(90, 601, 30), *range(660, 901, 60)]
    assert last == [
        "collecting x: 180 of 300 (60 %), 10 min 0 s left, 12.0/min, 3 failed, 1 retry, 0.0123 USD; "
        "gpt 180/300, gemma 0/0"
    ]


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.0, "0 s"), (6.2, "7 s"), (88, "1 min 28 s"), (3599.5, "1 h 0 min"), (3840, "1 h 4 min")]
)
def test_durations(seconds: float, said: str) -> None:
    """Two units at most, rounded up."""
    assert duration(seconds) == said


@pytest.mark.parametrize(
    ("width", "lines"),
    [
        (120, ["collecting x  ████████████████████░░░░░░░░░░░░░░░░░░░░  150/300  15.0/s  10 s left  3 failed  2 retries"
               "  0.5000 USD", "gpt 150/300  gemma 0/0"]),
        (80, ["███████░░░░░░░░  150/300  15.0/s  10 s left  3 failed  2 retries  0.5000 USD",
              "gpt 150/300  gemma 0/0"]),
        (40, ["█████░░░░░  150/300  10 s left  3 failed", "gpt 150/300  gemma 0/0"]),
        (20, ["█████░░░░░  150/300", "gpt 150/300"]),
    ],
)  # fmt: skip
def test_a_bar_fits_its_terminal(width: int, lines: list[str]) -> None:
    """What matters least is left out first; nothing is wider than the terminal."""
    clock = Seconds()
    shown = ShownProgress("collecting x", clock)
    shown.advance(_progress(0))
    clock.now = 10.0
    shown.advance(_progress(150, failed=3, retries=2, cost=0.5))
    assert shown.bar(width) == lines
    assert all(len(line) <= width for line in shown.bar(width))


def test_waiting_is_said_once_where_nothing_can_be_redrawn(capsys: pytest.CaptureFixture[str]) -> None:
    """On standard error, before what is waited for."""
    with waiting("waiting for gpt"):
        assert capsys.readouterr().err == "waiting for gpt …\n"
    assert capsys.readouterr().err == ""
