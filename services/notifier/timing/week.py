"""A week in advance: what would go out when and by which channel, decided as at release; nothing is sent."""

import heapq
from collections import defaultdict
from collections.abc import Mapping, Sequence

import msgspec

from contracts.modules.profile import Channel
from kit.timing.caps import ROLLING_S, SentNotice
from services.notifier.timing.decision import Decision, DueNotice, Hold, Recipient, Verdict, decide
from services.notifier.timing.digest import complete_at, digest_of, first_with

WEEK_S = 7 * 86_400.0


class PlannedNotice(msgspec.Struct, frozen=True, kw_only=True):
    """A notice that would be requested at `at` in Unix seconds."""

    notice: DueNotice
    at: float


class Foreseen(msgspec.Struct, frozen=True, kw_only=True):
    """What would become of a notice at `at`: sent by `channel`, in the inbox alone, dropped, or held still.

    `holds` is what held it last, each with until when. `code` says why it is not sent, where it is not, or that it
    goes out with others of its digest.
    """

    id: str
    verdict: Verdict
    at: float
    channel: Channel | None = None
    holds: tuple[Hold, ...] = ()
    code: str = ""


def week_of(
    planned: Sequence[PlannedNotice],
    person: Recipient,
    start: float,
    *,
    sent: Sequence[SentNotice] = (),
    jitter_s: float = 0.0,
) -> Sequence[Foreseen]:
    """Return what would become of every notice within a week from `start`, in the order of `planned`.

    `sent` is what went out before. Every hand-over is taken to succeed and to be seen. What was requested earlier is
    due at `start`; what is held beyond the end of the week is said to be held then.
    """
    due = [(max(start, each.at), number) for number, each in enumerate(planned)]
    heapq.heapify(due)
    before, found, topics = list(sent), dict[int, Foreseen](), _by_topic(planned)
    holds: dict[int, tuple[Hold, ...]] = {}
    while due:
        now, number = heapq.heappop(due)
        if number in found:
            continue
        notice, digest = planned[number].notice, digest_of(person.preferences, planned[number].notice.topic)
        together = [number]
        if digest is not None and not notice.critical:
            waiting = [each for each in topics[notice.topic] if each not in found and _waits(planned[each], now)]
            together = first_with(waiting, number, digest.most)
            until = complete_at(digest, [max(start, planned[each].at) for each in waiting])
            notice = msgspec.structs.replace(notice, digest_until=until)
        if now >= start + WEEK_S:
            held = holds.get(number, ())
            found[number] = Foreseen(id=notice.id, verdict=Verdict.HOLD, at=now, holds=held, code=_first(held))
            continue
        before = [each for each in before if each.at > now - 2 * ROLLING_S]
        decision = decide(notice, person, before, now, jitter_s=jitter_s)
        holds[number] = decision.holds or holds.get(number, ())
        if decision.verdict is Verdict.HOLD:
            heapq.heappush(due, (decision.at, number))
            continue
        if decision.verdict is Verdict.SEND:
            before.append(SentNotice(now, notice.topic))
        else:
            together = [number]
        for each in together:
            code = decision.code if each == number else "digest"
            found[each] = _foreseen(planned[each].notice.id, decision, holds.get(each, ()), code)
    return [found[number] for number in range(len(planned))]


def _by_topic(planned: Sequence[PlannedNotice]) -> Mapping[str, Sequence[int]]:
    """Return the numbers of the notices that digests may collect, by topic, in the order in which they come."""
    found = defaultdict[str, list[int]](list)
    for number in sorted(range(len(planned)), key=lambda each: planned[each].at):
        if not planned[number].notice.critical:
            found[planned[number].notice.topic].append(number)
    return found


def _waits(planned: PlannedNotice, now: float) -> bool:
    return planned.at <= now < planned.notice.expires_at


def _foreseen(id_: str, decision: Decision, holds: tuple[Hold, ...], code: str) -> Foreseen:
    return Foreseen(
        id=id_,
        verdict=decision.verdict,
        at=decision.at,
        channel=decision.channel,
        holds=holds,
        code=code,
    )


def _first(holds: tuple[Hold, ...]) -> str:
    return holds[0].code if holds else ""
