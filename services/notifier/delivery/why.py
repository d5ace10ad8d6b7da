"""Why a notice is where it is, in sentences: a pure function of its row, its decision and its hand-overs."""

from collections.abc import Mapping, Sequence

from contracts.modules.notices import DeliveryView, HoldView
from services.notifier.delivery.words import ENDED, HANDED_OVER, HELD, Words, spelled

REASONS = {
    "stopped": "the server was stopped meanwhile",
    "suppressed": "mail to your address came back, or no more of it was wanted",
}
"""Reasons that are our own, and no word of a channel."""


def explained(state: str, code: str, holds: Sequence[HoldView], deliveries: Sequence[DeliveryView]) -> list[str]:
    """Return a sentence for each hold, one for each hand-over, and one for how it ended, in this order."""
    said = [_held(hold) for hold in holds]
    said += [f"By {each.channel}: {_word(HANDED_OVER, each.state)}{_why(each)}." for each in deliveries]
    if code in ENDED:
        said.append(f"{ENDED[code].to_user.capitalize()}.")
    if state == "waiting" and not said:
        said.append("It is about to be released.")
    return said


def foretold(code: str, holds: Sequence[HoldView], channel: str | None) -> list[str]:
    """Return the same of a notice that is not there yet: a sentence for each hold, and one for how it would end."""
    said = [_held(hold) for hold in holds]
    if channel is not None:
        said.append(f"Handed over by {channel}.")
    if code in ENDED:
        said.append(f"{ENDED[code].to_user.capitalize()}.")
    return said


def _held(hold: HoldView) -> str:
    until = "" if hold.until is None else f" until {hold.until}"
    return f"Held{until}: {_word(HELD, hold.code)}."


def _word(words: Mapping[str, Words], code: str) -> str:
    return words[code].to_user if code in words else spelled(code)


def _why(delivery: DeliveryView) -> str:
    return f" ({REASONS.get(delivery.reason, delivery.reason)})" if delivery.reason else ""
