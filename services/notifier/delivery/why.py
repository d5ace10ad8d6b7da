"""Why a notice is where it is, in sentences: a pure function of its row, its decision and its hand-overs."""

from collections.abc import Sequence

from contracts.modules.notices import DeliveryView, HoldView

HELD = {
    "paused": "you paused notices",
    "digest": "it is collected with others of its topic",
    "cap_24h": "as many as you allow went out in the last 24 hours",
    "cap_day": "as many as you allow went out today",
    "cap_topic": "as many of its topic as you allow went out today",
    "quiet": "it was within your quiet hours",
    "unseen": "it goes by another channel only if you do not look at it",
}
ENDED = {
    "digest": "it goes out with others of its topic",
    "expired": "its time was over before it could be shown",
    "muted": "you muted its topic",
    "too_late": "it is in the inbox alone: its time would have been over before it could go out",
    "no_channel": "it is in the inbox alone: no channel outside the app is chosen",
    "no_consent": "it is in the inbox alone: you have not agreed to the channels that are chosen",
    "unsubscribed": "it is in the inbox alone: you ended the mail of its topic, and no other channel is chosen",
    "channels_failed": "it is in the inbox alone: no channel could take it",
}
SENT = {
    "digest": "it is part of one hand-over with others of its topic",
    "sending": "it is being handed over",
    "delivered": "it was handed over",
    "refused": "it was refused for good",
    "later": "it was not taken, and is handed over again later",
    "unknown": "nobody knows whether it arrived: it is sent again only if you say so",
    "again": "it is handed over once more, as you said",
}

REASONS = {
    "stopped": "the server was stopped meanwhile",
    "suppressed": "mail to your address came back, or no more of it was wanted",
}
"""Reasons that are our own, and no word of a channel."""


def explained(state: str, code: str, holds: Sequence[HoldView], deliveries: Sequence[DeliveryView]) -> list[str]:
    """Return a sentence for each hold, one for each hand-over, and one for how it ended, in this order."""
    said = [f"Held{_until(hold)}: {HELD.get(hold.code, hold.code)}." for hold in holds]
    said += [f"By {each.channel}: {SENT.get(each.state, each.state)}{_why(each)}." for each in deliveries]
    if code in ENDED:
        said.append(f"{ENDED[code].capitalize()}.")
    if state == "waiting" and not said:
        said.append("It is about to be released.")
    return said


def foretold(code: str, holds: Sequence[HoldView], channel: str | None) -> list[str]:
    """Return the same of a notice that is not there yet: a sentence for each hold, and one for how it would end."""
    said = [f"Held{_until(hold)}: {HELD.get(hold.code, hold.code)}." for hold in holds]
    if channel is not None:
        said.append(f"Handed over by {channel}.")
    if code in ENDED:
        said.append(f"{ENDED[code].capitalize()}.")
    return said


def _until(hold: HoldView) -> str:
    return "" if hold.until is None else f" until {hold.until}"


def _why(delivery: DeliveryView) -> str:
    return f" ({REASONS.get(delivery.reason, delivery.reason)})" if delivery.reason else ""
