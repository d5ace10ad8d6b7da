"""The way of a notice in words for admins."""

import msgspec

from contracts.modules.notice_administration import Delivery, DeliveryState
from contracts.modules.notices import DeliveryView, HoldView
from services.notifier.delivery.steps import steps_of

DELIVERY = Delivery(
    id="n",
    user="u",
    state=DeliveryState.WAITING,
    code="quiet",
    critical=False,
    requested_at="at-1",
    release_at="at-3",
    arrived_at=None,
    expires_at="at-9",
    holds=[HoldView(code="quiet", until="at-2"), HoldView(code="of_the_future", until=None)],
    hand_overs=[],
)


def _said(**given: object) -> list[tuple[str, str | None, str | None]]:
    steps = steps_of(msgspec.structs.replace(DELIVERY, **given))
    return [(each.text, each.at, each.until) for each in steps]


def test_what_waits_says_what_holds_it_and_when_it_goes_on() -> None:
    """Each hold until when; a word that has no sentence is shown as it is."""
    assert _said() == [
        ("It was requested.", "at-1", None),
        ("Held: it was within the user's quiet hours.", None, "at-2"),
        ("Held: of the future.", None, None),
        ("It is decided on again.", "at-3", None),
        ("It is shown nowhere from then on.", "at-9", None),
    ]


def test_what_was_handed_over_says_by_which_channel_and_what_became_of_it() -> None:
    """With the number of the attempt after the first, and the channel's word where there is one."""
    tries = [
        DeliveryView(channel="push", state="refused", reason="410", attempts=1, started_at="at-3", ended_at="at-4"),
        DeliveryView(channel="email", state="sending", reason="", attempts=2, started_at="at-5", ended_at=None),
    ]
    assert _said(
        state=DeliveryState.SENDING,
        code="",
        critical=True,
        holds=[],
        release_at=None,
        arrived_at="at-2",
        hand_overs=tries,
    ) == [
        ("It was requested. It is critical: hours, caps and pauses do not hold it.", "at-1", None),
        ("It arrived in the inbox of the app.", "at-2", None),
        ("By push: it was refused for good (410).", "at-3", "at-4"),
        ("By email, attempt 2: it is being handed over.", "at-5", None),
        ("It is shown nowhere from then on.", "at-9", None),
    ]


def test_what_ended_says_how() -> None:
    """And nothing of what would come next."""
    assert _said(state=DeliveryState.MUTED, code="muted", holds=[], release_at=None)[1:] == [
        ("The user muted its topic: it is shown nowhere.", None, None)
    ]
