"""Sends a user a notice by one channel because they want to see that it comes: now, and by the same slots as others."""

from collections.abc import Callable, Collection

from contracts.modules.notices import NoticeHistory
from contracts.modules.profile import Channel
from contracts.modules.sealing import UserSealer
from contracts.refusals import Conflict
from kit.sql.store import Store
from services.notifier.addresses.stored import StoredAddresses
from services.notifier.delivery.history import history
from services.notifier.people import person_of, stored_person
from services.notifier.requests import Said, add_notice

COUNTS_S = 3_600.0
"""How long a test may be on its way."""
TOPIC = "test"


class TriedChannels:
    """Requests tests; `channels` are those that the settings name, `ids()` is a random UUID as text."""

    def __init__(
        self,
        store: Store,
        sealer: UserSealer,
        addresses: StoredAddresses,
        channels: Collection[Channel],
        clock: Callable[[], float],
        ids: Callable[[], str],
    ) -> None:
        self._store, self._sealer, self._addresses, self._channels = store, sealer, addresses, channels
        self._clock, self._ids = clock, ids

    def request(self, user: str, channel: Channel) -> NoticeHistory:
        """Store a notice that is due now by this channel alone; raise Conflict where it cannot go out, Erased."""
        if channel not in self._channels:
            raise Conflict(f"this server sends nothing by {channel.value}", ("channel",))
        now, id_ = self._clock(), self._ids()
        said = Said(TOPIC, "A test", f"Notices reach you by {channel.value}.", None, None, channel)
        with self._store.writing() as connection:
            if channel not in person_of(stored_person(connection, self._sealer, user)).agreed:
                raise Conflict(f"you have not agreed to {channel.value}: agree to it first", ("channel",))
            if not self._addresses.reached(connection, user, channel):
                raise Conflict(f"you are reached nowhere by {channel.value}: add an address first", ("channel",))
            expires_at = now + COUNTS_S
            add_notice(connection, self._sealer, user, id_, said, critical=True, now=now, expires_at=expires_at)
            return history(connection, user, id_)
