"""What admins see of addresses: keys for push messages, with how many browsers each serves."""

from collections.abc import Callable, Sequence

import sqlalchemy as sa

from contracts.modules.notice_administration import PushKeyView
from contracts.modules.profile import Channel
from kit.sql.store import Store
from kit.times import iso
from services.notifier.channels.web_push.vapid_keys import VapidKeys
from services.notifier.delivery.administration import DeliveryAdministration
from services.notifier.tables import ADDRESSES


class AddressAdministration(DeliveryAdministration):
    """The part of contracts.modules.notice_administration.NoticeAdministration that is about channels' addresses."""

    def __init__(self, store: Store, clock: Callable[[], float], keys: VapidKeys) -> None:
        super().__init__(store, clock)
        self._push_keys = keys

    def push_keys(self) -> Sequence[PushKeyView]:
        """Return every key that signs, newest first, with the subscriptions added while it was the newest."""
        keys = self._push_keys.all_keys()
        ends = [*(key.made_at for key in keys[1:]), *([None] if keys else [])]
        with self.store.reading() as connection:
            counts = [_subscriptions(connection, key.made_at, end) for key, end in zip(keys, ends, strict=True)]
        views = [
            PushKeyView(
                kid=key.kid,
                public=key.public,
                made_at=iso(key.made_at, "milliseconds"),
                newest=end is None,
                subscriptions=count,
            )
            for key, end, count in zip(keys, ends, counts, strict=True)
        ]
        return views[::-1]


def _subscriptions(connection: sa.Connection, since: float, until: float | None) -> int:
    counted = sa.select(sa.func.count()).where(
        ADDRESSES.c.channel == Channel.PUSH.value, ADDRESSES.c.ended_at.is_(None), ADDRESSES.c.added_at >= since
    )
    if until is not None:
        counted = counted.where(ADDRESSES.c.added_at < until)
    return int(connection.execute(counted).scalar_one())
