"""The way of one notice as steps in words for admins: a pure function of what they see of it."""

from collections.abc import Iterator, Sequence

from contracts.modules.notice_administration import Delivery, DeliveryState, DeliveryStep
from contracts.modules.notices import DeliveryView

HELD = {
    "paused": "Held: the user paused notices.",
    "digest": "Held: it is collected with others of its topic.",
    "cap_24h": "Held: as many as the user allows went out in the last 24 hours.",
    "cap_day": "Held: as many as the user allows went out on that day.",
    "cap_topic": "Held: as many of its topic as the user allows went out on that day.",
    "quiet": "Held: it was within the user's quiet hours.",
    "unseen": "It goes by another channel if the user does not look at it.",
}
ENDED = {
    "expired": "It expired before it could be shown.",
    "muted": "The user muted its topic: it is shown nowhere.",
    "too_late": "It went to the inbox alone: it would have expired before it could go out.",
    "no_channel": "It went to the inbox alone: the user chose no channel outside the app.",
    "no_consent": "It went to the inbox alone: the user has not agreed to the channels they chose.",
    "channels_failed": "It went to the inbox alone: no channel could take it.",
    "unreadable": "It cannot be opened: its user was erased, or it is damaged.",
}
HANDED_OVER = {
    "digest": "it is part of one hand-over with others of its topic",
    "sending": "it is being handed over",
    "delivered": "it was handed over",
    "refused": "it was refused for good",
    "later": "it was not taken, and is tried again later",
    "unknown": "nobody knows whether it arrived, so that it is not sent again by itself",
    "again": "it is to be handed over once more, as a person decided",
}


def steps_of(delivery: Delivery) -> Sequence[DeliveryStep]:
    """Return what happened to a notice, in order: its request, holds, the inbox, hand-overs, and what comes next."""
    return [*_before(delivery), *map(_hand_over, delivery.hand_overs), *_after(delivery)]


def _before(delivery: Delivery) -> Iterator[DeliveryStep]:
    critical = " It is critical: hours, caps and pauses do not hold it." if delivery.critical else ""
    yield DeliveryStep(code="requested", text=f"It was requested.{critical}", at=delivery.requested_at)
    for hold in delivery.holds:
        said = HELD.get(hold.code, f"Held: {_spelled(hold.code)}.")
        yield DeliveryStep(code=hold.code, text=said, at=None, until=hold.until)
    if delivery.arrived_at is not None:
        yield DeliveryStep(code="arrived", text="It arrived in the inbox of the app.", at=delivery.arrived_at)


def _hand_over(each: DeliveryView) -> DeliveryStep:
    reason = f" ({each.reason})" if each.reason else ""
    attempt = f", attempt {each.attempts}" if each.attempts > 1 else ""
    said = f"By {each.channel}{attempt}: {HANDED_OVER.get(each.state, _spelled(each.state))}{reason}."
    return DeliveryStep(code=each.state, text=said, at=each.started_at, until=each.ended_at)


def _after(delivery: Delivery) -> Iterator[DeliveryStep]:
    if delivery.code in ENDED:
        yield DeliveryStep(code=delivery.code, text=ENDED[delivery.code], at=None)
    if delivery.code == "unseen":
        yield DeliveryStep(code="unseen", text=HELD["unseen"], at=None)
    if delivery.release_at is not None:
        yield DeliveryStep(code="waiting", text="It is decided on again.", at=delivery.release_at)
    if delivery.state not in {DeliveryState.EXPIRED, DeliveryState.MUTED, DeliveryState.UNREADABLE}:
        yield DeliveryStep(code="expires", text="It is shown nowhere from then on.", at=delivery.expires_at)


def _spelled(code: str) -> str:
    return code.replace("_", " ")
