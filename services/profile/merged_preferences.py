"""Preferences that a page of a mail changed, merged with what was changed elsewhere since the page was shown."""

import msgspec

from contracts.modules.profile import Preferences

MOST_MUTED = 100


def merged(now: Preferences, shown: Preferences, wanted: Preferences) -> Preferences:
    """Return the preferences of `now` with what differs between those that were `shown` and those that are `wanted`.

    Muted topics are merged one by one, unless they become more than can be stored: then they are those of `wanted`.
    """
    fields = [name for name in Preferences.__struct_fields__ if getattr(wanted, name) != getattr(shown, name)]
    changed = {name: getattr(wanted, name) for name in fields}
    if "muted" in changed:
        stay = [topic for topic in now.muted if topic in wanted.muted or topic not in shown.muted]
        added = [topic for topic in wanted.muted if topic not in shown.muted and topic not in stay]
        if len(stay) + len(added) <= MOST_MUTED:
            changed["muted"] = (*stay, *added)
    return msgspec.structs.replace(now, **changed)
