"""What a user's settings would make of notices of the coming week, as the user reads it."""

from collections.abc import Sequence

from contracts.modules.notices import ForeseenNotice, HoldView, PlannedWeek
from kit.times import iso, iso_if_known
from kit.timing.caps import SentNotice
from services.notifier.delivery.why import foretold
from services.notifier.timing.decision import DueNotice, Recipient
from services.notifier.timing.week import Foreseen, PlannedNotice, week_of

MINUTE_S, HOUR_S = 60.0, 3_600.0


def foreseen_week(
    week: PlannedWeek, person: Recipient, sent: Sequence[SentNotice], now: float
) -> Sequence[ForeseenNotice]:
    """Return what would become of each notice of a week from `now` on, in their order."""
    planned = []
    for number, each in enumerate(week.notices):
        at = now + each.after_minutes * MINUTE_S
        notice = DueNotice(
            id=str(number), topic=each.topic, critical=each.critical, expires_at=at + each.lasts_hours * HOUR_S
        )
        planned.append(PlannedNotice(notice=notice, at=at))
    found = week_of(planned, person, now, sent=sent)
    return [_view(each.at, one) for each, one in zip(planned, found, strict=True)]


def _view(requested: float, found: Foreseen) -> ForeseenNotice:
    holds = [HoldView(code=hold.code, until=iso_if_known(hold.until)) for hold in found.holds]
    channel = None if found.channel is None else found.channel.value
    return ForeseenNotice(
        requested_at=iso(requested),
        outcome=found.verdict.value,
        at=iso(found.at),
        channel=channel,
        code=found.code,
        holds=holds,
        why=foretold(found.code, holds, channel),
    )
