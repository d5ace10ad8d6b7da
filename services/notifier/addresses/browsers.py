"""Browsers of users: the key that they subscribe with, and their subscriptions, which end with their session."""

from collections.abc import Callable

import msgspec

from contracts.modules.notices import ApplicationServerKey, PushSubscription, SubscribedBrowser
from contracts.modules.profile import Channel
from contracts.refusals import Conflict, NotFound
from kit.egress.targets import Exceptions
from kit.sql.store import Store
from services.notifier.addresses.stored import SealedAddress, StoredAddresses
from services.notifier.channels.web_push.subscriptions import read_subscription
from services.notifier.channels.web_push.vapid_keys import VapidKeys


class Browsers:
    """Subscriptions of one user at a time; `keys` is None where the settings name no contact and no push is sent."""

    def __init__(
        self,
        store: Store,
        addresses: StoredAddresses,
        keys: VapidKeys | None,
        exceptions: Exceptions,
        clock: Callable[[], float],
    ) -> None:
        self._store, self._addresses, self._keys = store, addresses, keys
        self._exceptions, self._clock = exceptions, clock

    def key(self) -> ApplicationServerKey:
        """Return the newest key; raise Conflict where no push messages are sent."""
        return ApplicationServerKey(self._signing().current(self._clock()).public)

    def add(self, user: str, session: str, given: PushSubscription) -> SubscribedBrowser:
        """Store a subscription; raise BadSubscription, Conflict for a key that is none of ours, Erased."""
        keys = self._signing()
        server_key = given.server_key or keys.current(self._clock()).public
        if keys.with_public(server_key) is None:
            raise Conflict("this key is none of ours: subscribe with the one of GET /v1/push/key", ("server_key",))
        text = msgspec.json.encode(msgspec.structs.replace(given, server_key=server_key)).decode()
        read = read_subscription(text, self._exceptions)
        address = SealedAddress(text, read.target.host)
        with self._store.writing() as connection:
            id_ = self._addresses.add(connection, user, Channel.PUSH, address, name=read.endpoint, credential=session)
        return SubscribedBrowser(id_, read.target.host)

    def end(self, user: str, browser: str) -> None:
        """End a subscription; raise NotFound for one that is not the user's, or has ended."""
        with self._store.writing() as connection:
            if not self._addresses.end_of_user(connection, user, Channel.PUSH, browser, "removed"):
                raise NotFound("there is no such browser of yours", ("browser",))

    def _signing(self) -> VapidKeys:
        if self._keys is None:
            raise Conflict("this server sends no push messages: its operator names a contact under [notifier]", ())
        return self._keys
