"""Publishes decisions by day: under pseudonyms, with coarse features alone, once their outcome can no longer change."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import sqlalchemy as sa

from contracts.modules.sealing import Erased, Pseudonyms
from contracts.modules.signal_publication import USER_PSEUDONYM
from contracts.tips.decision_log import DayCounts, DecisionParts, PublishedDay, PublishedTip
from contracts.tips.recommendations import FeedbackKind
from core.simulated_users.names import is_simulated
from kit.times import day_of, start_of
from services.recommender.tables import DECISIONS, FEEDBACK, SERVED

HOUR_S, DAY_S, BATCH = 3_600.0, 86_400.0, 1_000
NO_COUNTS = DayCounts()
_OLDEST = sa.select(sa.func.min(DECISIONS.c.made_at))
_OF_DAY = (
    sa.select(DECISIONS)
    .where(
        DECISIONS.c.made_at < sa.bindparam("until"),
        sa.tuple_(DECISIONS.c.made_at, DECISIONS.c.id)
        > sa.tuple_(sa.bindparam("since", type_=sa.Double), sa.bindparam("after", type_=sa.Text)),
    )
    .order_by(DECISIONS.c.made_at, DECISIONS.c.id)
    .limit(BATCH)
)
_SERVED = (
    sa.select(SERVED)
    .where(SERVED.c.decision.in_(sa.bindparam("which", expanding=True)))
    .order_by(SERVED.c.decision, SERVED.c.place)
)
_FIRST = (
    sa.select(FEEDBACK.c.decision, FEEDBACK.c.tip, FEEDBACK.c.event, FEEDBACK.c.at)
    .where(FEEDBACK.c.decision.in_(sa.bindparam("which", expanding=True)))
    .order_by(FEEDBACK.c.at)
)


@dataclass(frozen=True)
class DecisionPublication:
    """How decisions are published: `may` says whether a user agreed, `now` is in Unix seconds.

    A reward is an act within `reward_within_hours` of the first display, which counts within as many hours of the
    decision. So an outcome is known for good twice these hours after the decision, and no row changes later.
    """

    names: Pseudonyms
    parts: DecisionParts
    may: Callable[[str], bool]
    reward_within_hours: int
    now: float

    @property
    def window_s(self) -> float:
        """Return the seconds in which a display, and after it an act, counts."""
        return self.reward_within_hours * HOUR_S


def publish_decisions(connection: sa.Connection, how: DecisionPublication) -> int:
    """Publish each day that may have changed; how many rows their parts have now.

    A day counts as changed until all its outcomes were known when it was published, by the same hours.
    """
    oldest = connection.execute(_OLDEST).scalar()
    if oldest is None:
        return 0
    settled = {day.day for day in how.parts.days() if _is_settled(day, how)}
    rows = 0
    for day in _days(oldest, how.now):
        if day not in settled:
            rows += _publish_day(connection, how, day)
    return rows


def _is_settled(day: PublishedDay, how: DecisionPublication) -> bool:
    return day.counts.open == 0 and day.reward_within_hours == how.reward_within_hours


def _days(oldest: float, now: float) -> Iterator[str]:
    """Yield the days from that of the oldest decision to that of now."""
    at = start_of(day_of(oldest))
    while at <= now:
        yield day_of(at)
        at += DAY_S


def _publish_day(connection: sa.Connection, how: DecisionPublication, day: str) -> int:
    since = start_of(day)
    tally = _Tally()
    written = how.parts.write(day, _batches(connection, how, since, tally))
    file, digest, rows = written or (None, None, 0)
    if tally.counts == NO_COUNTS:
        return 0
    ongoing = int(since + DAY_S > how.now)  # a day that is not over has decisions to come
    counts = msgspec.structs.replace(tally.counts, open=max(tally.counts.open, ongoing))
    hours = how.reward_within_hours
    how.parts.publish(
        PublishedDay(day=day, file=file, sha256=digest, rows=rows, reward_within_hours=hours, counts=counts)
    )
    return rows


@dataclass
class _Tally:
    """What was counted of a day so far, and who agreed."""

    counts: DayCounts = NO_COUNTS
    agreed: dict[str, bool] = field(default_factory=dict)

    def add(self, **more: int) -> None:
        sums = {name: getattr(self.counts, name) + count for name, count in more.items()}
        self.counts = msgspec.structs.replace(self.counts, **sums)


def _batches(
    connection: sa.Connection, how: DecisionPublication, since: float, tally: _Tally
) -> Iterator[Sequence[PublishedTip]]:
    """Yield the rows of a day, some decisions at a time."""
    where = {"since": since, "after": "", "until": since + DAY_S}
    while batch := connection.execute(_OF_DAY, where).all():
        if rows := list(_rows(connection, how, batch, tally)):
            yield rows
        where |= {"since": batch[-1].made_at, "after": batch[-1].id}


def _rows(
    connection: sa.Connection, how: DecisionPublication, decided: Sequence[Any], tally: _Tally
) -> Iterator[PublishedTip]:
    which = {"which": [row.id for row in decided]}
    served: dict[str, list[Any]] = {}
    for row in connection.execute(_SERVED, which):
        served.setdefault(row.decision, []).append(row)
    reactions: dict[tuple[str, str], list[Any]] = {}
    for row in connection.execute(_FIRST, which):
        reactions.setdefault((row.decision, row.tip), []).append(row)
    for decision in decided:
        tips = served.get(decision.id, [])
        if decision.user not in tally.agreed:
            tally.agreed[decision.user] = how.may(decision.user)
        if not tally.agreed[decision.user]:
            tally.add(withheld=1)
        elif decision.made_at + 2 * how.window_s > how.now:
            tally.add(open=1)
        elif not tips:
            tally.add(empty=1)
        else:
            yield from _of_decision(how, decision, tips, reactions, tally)


def _of_decision(
    how: DecisionPublication,
    decision: Any,
    tips: Sequence[Any],
    reactions: Mapping[tuple[str, str], list[Any]],
    tally: _Tally,
) -> Iterator[PublishedTip]:
    try:
        user = how.names.pseudonym(decision.user, USER_PSEUDONYM)
        name = how.names.pseudonym(decision.user, f"signals decision {decision.id}")
    except Erased:
        tally.add(withheld=1)
        return
    unlogged = sum(not 0 < tip.propensity <= 1 for tip in tips)
    tally.add(published=1, served=len(tips), unlogged=unlogged)
    arms = sorted(decision.arms)
    for tip in tips:
        said = _reacted(decision, reactions.get((decision.id, tip.tip), ()), how.window_s)
        yield PublishedTip(
            decision=name,
            user=user,
            position=tip.place,
            action=tip.arm,
            propensity=tip.propensity,
            **said,
            area=decision.area,
            hour_band=decision.hour_band,
            weekday=decision.weekday,
            surface=decision.surface,
            locale=decision.locale,
            tip=tip.tip,
            kind=decision.policy,
            policy=decision.policy_hash,
            promotion=decision.promotion,
            fallback=decision.fallback,
            simulated=is_simulated(decision.user),
            eligible=arms,
            probabilities=[decision.arms[arm] for arm in arms],
            source=tip.source or None,
        )


def _reacted(decision: Any, reactions: Sequence[Any], window_s: float) -> dict[str, Any]:
    """Return what became of a tip, of reactions in the order of their times; earlier ones than it do not count."""
    first: dict[str, float] = {}
    until = decision.made_at + 2 * window_s
    for row in reactions:
        if decision.made_at <= row.at <= until:
            first.setdefault(row.event, row.at)
    shown, acted = first.get(FeedbackKind.SHOWN.value), first.get(FeedbackKind.ACTED.value)
    is_shown = shown is not None and shown <= decision.made_at + window_s
    reward = None
    if is_shown and shown is not None:
        reward = float(acted is not None and acted <= shown + window_s)
    return {
        "reward": reward,
        "shown": is_shown,
        "opened": FeedbackKind.OPENED.value in first,
        "dismissed": FeedbackKind.DISMISSED.value in first,
    }
