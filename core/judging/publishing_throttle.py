"""Decides when waiting scores start a publishing run: at once, or at intervals while people are judging."""

from typing import Literal

import msgspec

EVERY_S = 60.0
RETRY_S = 120.0


class Publishing(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one experiment at a moment.

    `files` names the score files that wait, with sizes and times, empty without any; `last_answer` is the newest
    answer given on a page that is not published, None without any; `active` counts publishing runs queued or running;
    `last_start` is the Unix time in seconds at which the newest one was requested.
    """

    experiment: str
    files: str
    last_answer: int | None
    round_open: bool
    active: int
    last_start: float | None


class PublishDecision(msgspec.Struct, frozen=True):
    """Whether to start a run; `key` is equal for what must not start twice, `reason` says why not."""

    what: Literal["start", "wait", "nothing"]
    key: str = ""
    reason: str = ""


def decide(state: Publishing, now: float) -> PublishDecision:
    """Return whether to start a publishing run at `now` (Unix seconds), to wait, or to do nothing.

    While a round is open: at most one run queued or running, and at most one start in EVERY_S. Without one, files start
    a run at once and are offered again every RETRY_S while they stay; answers wait for the run in progress, so that
    what a closing round leaves is published right after it.
    """
    if not state.files and state.last_answer is None:
        return PublishDecision("nothing", reason="nothing waits")
    gathering = state.round_open or not state.files
    if gathering and state.active:
        return PublishDecision("wait", reason=f"{state.experiment}: a publishing run is queued or running")
    if state.round_open and state.last_start is not None and 0 <= now - state.last_start < EVERY_S:
        return PublishDecision("wait", reason=f"{state.experiment}: one start a minute while a round is open")
    slot = int(now // (EVERY_S if state.round_open else RETRY_S))
    answers = f"|answers:{state.last_answer}" if state.last_answer is not None else ""
    mode = "|round" if state.round_open else ""
    return PublishDecision("start", f"{state.experiment}|{state.files}{answers}{mode}|{slot}")
