"""How a collecting run is shown on standard error: a bar that is redrawn on a terminal, else a line now and then."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from core.sanitize import visible
from resources.collect.progress import Advance, Pace, Progress
from wiring.cli.terminal import drawn, say

if TYPE_CHECKING:
    from rich.text import Text

Clock = Callable[[], float]

SOON_S, LATER_S = 60.0, 600.0
WIDEST_BAR, NARROWEST_BAR = 40, 10
REDRAWS_A_SECOND = 4


@contextmanager
def progress(label: str, total: int, noun: str = "generations") -> Iterator[Advance]:
    """Show a bar on standard error if it is a terminal that can redraw a line, else lines."""
    if not redraws():
        with log_progress(label, total, noun=noun) as advance:
            yield advance
        return
    from rich.console import Console
    from rich.live import Live

    console = Console(stderr=True)
    shown = ShownProgress(label, time.monotonic)

    def bar() -> "Text":
        return drawn("\n".join(shown.bar(console.width)), one_line=True)

    with Live(get_renderable=bar, console=console, transient=True, refresh_per_second=REDRAWS_A_SECOND):
        yield shown.advance


@contextmanager
def waiting(label: str, clock: Clock = time.monotonic) -> Iterator[None]:
    """Show on standard error that something is waited for, with the seconds since, if it is a terminal; else once."""
    if not redraws():
        say(f"{label} …", err=True)
        yield
        return
    from rich.console import Console
    from rich.live import Live

    began_at = clock()

    def line() -> "Text":
        return drawn(f"{label} … {clock() - began_at:.0f} s", one_line=True)

    with Live(get_renderable=line, console=Console(stderr=True), transient=True, refresh_per_second=REDRAWS_A_SECOND):
        yield


@contextmanager
def log_progress(label: str, total: int, clock: Clock = time.monotonic, noun: str = "generations") -> Iterator[Advance]:
    """Print a line at the start, then one each 10 s, after a minute each 30 s, after ten minutes each 60 s."""
    began_at = printed_at = clock()
    say(f"{label}: {total} {noun}", err=True)
    shown = ShownProgress(label, clock)

    def advance(progress: Progress) -> None:
        nonlocal printed_at
        shown.advance(progress)
        if clock() - printed_at >= _pause_s(printed_at - began_at):
            printed_at = clock()
            say(shown.line(), err=True)

    yield advance


def duration(seconds: float) -> str:
    """Return a duration in its two largest units, rounded up to whole seconds: 1 h 4 min, 1 min 28 s, 7 s."""
    whole = int(-(-seconds // 1))
    hours, minutes = whole // 3600, whole % 3600 // 60
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {whole % 60} s" if minutes else f"{whole} s"


def redraws() -> bool:
    """Return whether standard error is a terminal that can redraw a line."""
    return sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb"


def _pause_s(elapsed_s: float) -> float:
    return 10.0 if elapsed_s < SOON_S else 30.0 if elapsed_s < LATER_S else 60.0


class ShownProgress:
    """The last progress that was reported, as text."""

    def __init__(self, label: str, clock: Clock) -> None:
        self._label, self._clock = visible(label), clock
        self._last: Progress | None = None
        self._pace = Pace(Progress(0, 0), clock())

    def advance(self, progress: Progress) -> None:
        """Take the next progress; the first is what earlier runs have done."""
        if self._last is None:
            self._pace = Pace(progress, self._clock())
        self._last = progress

    def line(self) -> str:
        """Return all that is known on one line."""
        if self._last is None:
            return self._label
        at = self._last
        percent = f" ({100 * at.done // at.total} %)" if at.total else ""
        figures = ", ".join(text for text in (f"{at.done} of {at.total}{percent}", *self._figures(at)) if text)
        models = ", ".join(_models(at))
        return f"{self._label}: {figures}{'; ' + models if models else ''}"

    def bar(self, width: int) -> list[str]:
        """Return the bar, and the models below it where there are several, each within `width` columns.

        Where it is narrow, the label goes first, then rate, retries, money and failures.
        """
        at = self._last
        if at is None:
            return [self._label[:width]]
        left, rate, failed, retries, cost = self._figures(at)
        counts = f"{at.done}/{at.total}"
        parts = [self._label, counts, rate, left, failed, retries, cost]
        for spared in (self._label, rate, retries, cost, failed, left):
            if _columns(parts) + NARROWEST_BAR <= width:
                break
            parts[parts.index(spared)] = ""
        available = (
            min(WIDEST_BAR, width - _columns(parts)) // 5 * 5
        )  # in steps, so that it does not change with each digit
        filled = available * at.done // at.total if at.total and available > 0 else 0
        drawn = "█" * filled + "░" * (available - filled)
        label, *figures = parts
        first = "  ".join(text for text in (label, drawn, *figures) if text)[:width]
        models = _models(at)
        return [first, _fitting(models, width)] if len(models) > 1 else [first]

    def _figures(self, at: Progress) -> tuple[str, str, str, str, str]:
        """Return time left, rate, failures, retries and money; what there is none of is empty."""
        now = self._clock()
        rate, left = self._pace.rate(at, now), self._pace.left_s(at, now)
        return (
            "time left not known yet" if left is None else f"{duration(left)} left" if left else "",
            "" if rate is None else f"{rate:.1f}/s" if rate >= 1 else f"{60 * rate:.1f}/min",
            f"{at.failed} failed" if at.failed else "",
            f"{at.retries} {'retry' if at.retries == 1 else 'retries'}" if at.retries else "",
            f"{at.cost:.4f} USD" if at.cost else "",
        )


def _models(at: Progress) -> list[str]:
    return [f"{visible(m.name)} {m.done}/{m.total}{' stopped' if m.stopped else ''}" for m in at.models]


def _fitting(models: list[str], width: int) -> str:
    """Return as many models as fit on a line, and how many more there are."""
    for shown in range(len(models), 0, -1):
        more = f"  and {len(models) - shown} more" if shown < len(models) else ""
        text = "  ".join(models[:shown]) + more
        if len(text) <= width:
            return text
    return models[0][:width]


def _columns(parts: list[str]) -> int:
    """Return the width that these parts take beside the bar, gaps of two columns included."""
    return sum(len(part) + 2 for part in parts if part)
