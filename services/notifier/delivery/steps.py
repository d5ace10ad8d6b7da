"""The way of one notice as steps in words for admins: a pure function of what they see of it."""

from collections.abc import Iterator, Mapping, Sequence

from contracts.modules.notice_administration import Delivery, DeliveryState, DeliveryStep
from contracts.modules.notices import DeliveryView
from services.notifier.delivery.words import ENDED, HANDED_OVER, HELD, Words, spelled


def steps_of(delivery: Delivery) -> Sequence[DeliveryStep]:
    """Return what happened to a notice, in order: its request, holds, the inbox, hand-overs, and what comes next."""
    return [*_before(delivery), *map(_hand_over, delivery.hand_overs), *_after(delivery)]


def _before(delivery: Delivery) -> Iterator[DeliveryStep]:
    critical = " It is critical: hours, caps and pauses do not hold it." if delivery.critical else ""
    yield DeliveryStep(code="requested", text=f"It was requested.{critical}", at=delivery.requested_at)
    for hold in delivery.holds:
        yield DeliveryStep(code=hold.code, text=f"Held: {_word(HELD, hold.code)}.", at=None, until=hold.until)
    if delivery.arrived_at is not None:
        yield DeliveryStep(code="arrived", text="It arrived in the inbox of the app.", at=delivery.arrived_at)


def _hand_over(each: DeliveryView) -> DeliveryStep:
    reason = f" ({each.reason})" if each.reason else ""
    attempt = f", attempt {each.attempts}" if each.attempts > 1 else ""
    said = f"By {each.channel}{attempt}: {_word(HANDED_OVER, each.state)}{reason}."
    return DeliveryStep(code=each.state, text=said, at=each.started_at, until=each.ended_at)


def _after(delivery: Delivery) -> Iterator[DeliveryStep]:
    if delivery.code in ENDED and delivery.state is not DeliveryState.WAITING:
        yield DeliveryStep(code=delivery.code, text=f"{ENDED[delivery.code].to_admin.capitalize()}.", at=None)
    if delivery.code == "unseen":
        yield DeliveryStep(code="unseen", text=f"{HELD['unseen'].to_admin.capitalize()}.", at=None)
    if delivery.release_at is not None:
        yield DeliveryStep(code="waiting", text="It is decided on again.", at=delivery.release_at)
    if delivery.state not in {DeliveryState.EXPIRED, DeliveryState.MUTED, DeliveryState.UNREADABLE}:
        yield DeliveryStep(code="expires", text="It is shown nowhere from then on.", at=delivery.expires_at)


def _word(words: Mapping[str, Words], code: str) -> str:
    return words[code].to_admin if code in words else spelled(code)
