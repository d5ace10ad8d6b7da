"""Profile as the other modules see it: implements the Protocols of contracts.modules.profile."""

import time
from collections.abc import Callable, Sequence

import msgspec
import sqlalchemy as sa

from contracts.modules.database import Transaction
from contracts.modules.events import (
    Bus,
    ConsentChangedV1,
    ConsentWithdrawnV1,
    Event,
    Payload,
    PreferencesChangedV1,
    PreferencesRequestedV1,
)
from contracts.modules.profile import TEXTS, Consent, Profile, Purpose, StoredProfile
from contracts.modules.sealing import Erased, Sealer
from contracts.refusals import Conflict
from kit.sql.sessions import connection_of, take_lock
from kit.times import iso
from services.profile import consents as log
from services.profile.erasure.erasures import is_being_erased
from services.profile.profiles import merged, read, write
from services.profile.store import LOCK, profile_store


class UserErased(Conflict):
    """This user requested erasure: nothing of theirs is stored any more."""

    code = "GONE"


class ProfileModule:
    """Implements contracts.modules.profile.Profiles and Consents.

    `engine` must take SQLite's write lock at the start of `begin()`. `key` makes pseudonyms and chains, `ids()` a
    random UUID as text, `clock` Unix seconds.
    """

    def __init__(
        self,
        engine: sa.Engine,
        sealer: Sealer,
        bus: Bus,
        key: bytes,
        *,
        ids: Callable[[], str],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store, self._sealer, self._bus, self._key = profile_store(engine), sealer, bus, key
        self._ids, self._clock = ids, clock

    def profile(self, user: str) -> StoredProfile:
        """Return the stored profile, version 0 without one; raise UserErased once erasure was requested."""
        try:
            with self._store.reading() as connection:
                return read(connection, self._sealer, user)
        except Erased:
            raise _user_erased() from None

    def put_profile(self, user: str, profile: Profile, version: int | None) -> StoredProfile:
        """Replace the profile if `version` is the stored one (None: any) and return it with its new version.

        The row and the event with the preferences commit together.
        Raise Conflict for another version, InvalidInput for an unknown time zone.
        """
        try:
            with self._store.writing() as connection:
                self._here(connection, user)
                now = self._clock()
                stored = write(connection, self._sealer, user, profile, version, now)
                said = PreferencesChangedV1(version=stored.version, preferences=profile.preferences)
                self._bus.publish(connection, self._event(user, said, now))
                return stored
        except Erased:
            raise _user_erased() from None

    def allows(self, user: str, purpose: Purpose) -> bool:
        """Return whether the user's last decision on the text in force was yes; false once erasure was requested.

        Read from the database at each call.
        """
        with self._store.reading() as connection:
            return log.allowed(connection, user, purpose)

    def consents(self, user: str) -> Sequence[Consent]:
        """Return the state of every purpose for a user."""
        with self._store.reading() as connection:
            return log.standing(connection, user)

    def decide(self, user: str, purpose: Purpose, *, given: bool, version: int | None, channel: str) -> Consent:
        """Give or withdraw a consent; repeating a decision changes nothing. Row and event commit together."""
        if given:
            log.shown(version, purpose)
        now = self._clock()
        try:
            with self._store.writing() as connection:
                self._here(connection, user)
                self._decided(connection, user, purpose, given=given, channel=channel, now=now)
                return next(one for one in log.standing(connection, user) if one.purpose == purpose)
        except Erased:
            raise _user_erased() from None

    def requested(self, transaction: Transaction, event: Event) -> None:
        """Do in a delivery what a link of a mail requested; nothing for a user who requested erasure."""
        connection, user, now, data = connection_of(transaction), event.user, self._clock(), event.data
        take_lock(connection, LOCK)
        if user is None or is_being_erased(connection, user):
            return
        if isinstance(data, PreferencesRequestedV1):
            before = read(connection, self._sealer, user).profile
            wanted = merged(before.preferences, data.shown or before.preferences, data.preferences)
            profile = msgspec.structs.replace(before, preferences=wanted)
            stored = write(connection, self._sealer, user, profile, None, now)
            said = PreferencesChangedV1(version=stored.version, preferences=wanted)
            self._bus.publish(connection, self._event(user, said, now))
        if isinstance(data, ConsentWithdrawnV1) and data.purpose in set(Purpose):
            self._decided(connection, user, Purpose(data.purpose), given=False, channel="link", now=now)

    def chain_of(self, user: str) -> int:
        """Return how many decisions the user's log holds; raise services.profile.consents.Broken after tampering."""
        with self._store.reading() as connection:
            return log.verify(connection, self._key, log.pseudonym(self._key, user))

    def _decided(
        self, connection: sa.Connection, user: str, purpose: Purpose, *, given: bool, channel: str, now: float
    ) -> None:
        if log.decide(connection, self._key, user, purpose, given=given, channel=channel, now=now):
            said = ConsentChangedV1(purpose=purpose.value, given=given, version=TEXTS[purpose].version)
            self._bus.publish(connection, self._event(user, said, now))

    def _here(self, connection: sa.Connection, user: str) -> None:
        if is_being_erased(connection, user):
            raise _user_erased()

    def _event(self, user: str, data: Payload, now: float) -> Event:
        return Event(id=self._ids(), source="/profile", time=iso(now), data=data, user=user)


def _user_erased() -> UserErased:
    return UserErased("this user asked to be erased: nothing is kept of them any more")
