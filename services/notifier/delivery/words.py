"""The words of each code of a decision or a hand-over: one for the user whose notice it is, one for admins."""

from typing import NamedTuple


class Words(NamedTuple):
    """The same said to both."""

    to_user: str
    to_admin: str


def spelled(code: str) -> str:
    """Return a code that has no words, as they would read."""
    return code.replace("_", " ")


def _of_both(words: str) -> Words:
    return Words(words, words)


HELD = {
    "paused": Words("you paused notices", "the user paused notices"),
    "digest": _of_both("it is collected with others of its topic"),
    "cap_24h": Words(
        "as many as you allow went out in the last 24 hours",
        "as many as the user allows went out in the last 24 hours",
    ),
    "cap_day": Words("as many as you allow went out today", "as many as the user allows went out on that day"),
    "cap_topic": Words(
        "as many of its topic as you allow went out today",
        "as many of its topic as the user allows went out on that day",
    ),
    "quiet": Words("it was within your quiet hours", "it was within the user's quiet hours"),
    "unseen": Words(
        "it goes by another channel only if you do not look at it",
        "it goes by another channel if the user does not look at it",
    ),
}
ENDED = {
    "digest": _of_both("it goes out with others of its topic"),
    "expired": Words("its time was over before it could be shown", "it expired before it could be shown"),
    "muted": Words("you muted its topic", "the user muted its topic: it is shown nowhere"),
    "too_late": Words(
        "it is in the inbox alone: its time would have been over before it could go out",
        "it went to the inbox alone: it would have expired before it could go out",
    ),
    "no_channel": Words(
        "it is in the inbox alone: no channel outside the app is chosen",
        "it went to the inbox alone: the user chose no channel outside the app",
    ),
    "no_consent": Words(
        "it is in the inbox alone: you have not agreed to the channels that are chosen",
        "it went to the inbox alone: the user has not agreed to the channels they chose",
    ),
    "unsubscribed": Words(
        "it is in the inbox alone: you ended the mail of its topic, and no other channel is chosen",
        "it went to the inbox alone: the user ended the mail of its topic, and chose no other channel",
    ),
    "channels_failed": Words(
        "it is in the inbox alone: no channel could take it",
        "it went to the inbox alone: no channel could take it",
    ),
    "unreadable": _of_both("it cannot be opened: its user was erased, or it is damaged"),
}
HANDED_OVER = {
    "digest": _of_both("it is part of one hand-over with others of its topic"),
    "sending": _of_both("it is being handed over"),
    "delivered": _of_both("it was handed over"),
    "refused": _of_both("it was refused for good"),
    "later": Words("it was not taken, and is handed over again later", "it was not taken, and is tried again later"),
    "unknown": Words(
        "nobody knows whether it arrived: it is sent again only if you say so",
        "nobody knows whether it arrived, so that it is not sent again by itself",
    ),
    "again": Words(
        "it is handed over once more, as you said",
        "it is to be handed over once more, as a person decided",
    ),
}
