"""What admins see and change of users, their credentials and invitations, on the tables of auth."""

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from contracts.access.auth import CredentialView, InvitationView, OneTimeLink, UserView
from contracts.access.caller import Role
from contracts.modules.events import Bus
from contracts.paging import Page, PageRequest
from contracts.refusals import NotFound
from kit.times import iso
from services.auth.sessions.caller_cache import CallerCache, digest
from services.auth.sessions.credentials import Via, credentials_of, end_credential
from services.auth.sessions.one_time_links import add_link, open_invitations, withdraw
from services.auth.sessions.revocation_events import RevocationEvents
from services.auth.store import user_store
from services.auth.users import (
    change_role,
    check_admin,
    check_erasable,
    find_user,
    invited_user,
    page_of_users,
    user_view,
)


class Administration:
    """The part of contracts.access.auth.Auth that is about other users than the caller; AuthModule is the whole."""

    def __init__(
        self,
        engine: sa.Engine,
        *,
        clock: Callable[[], float],
        ids: Callable[[], str],
        random_bytes: Callable[[int], bytes],
        bus: Bus | None,
    ) -> None:
        self._store, self._clock, self._ids, self._random_bytes = user_store(engine), clock, ids, random_bytes
        self._recent = CallerCache(clock)
        self.revocation_events = RevocationEvents(bus, clock, random_bytes)

    def invite(self, role: Role, judge: str | None, by: str, again: bool = False) -> OneTimeLink:
        """Return a link that makes a user with this role, or signs a judge in `again`; it works once, for 7 days.

        Raise InvalidInput for a judge id in use.
        """
        now, link, secret = self._clock(), f"link-{self._ids()}", self.secret()
        with self.changing() as connection:
            user = invited_user(connection, role, judge, now, again=again)
            expires_at = add_link(connection, link, digest(secret), role, now, user=user, judge=judge, by=by)
        return OneTimeLink(link, secret, iso(expires_at), role, judge)

    def invitations(self) -> list[InvitationView]:
        """Return open invitations, newest first; used and ended ones, and links of the local admin, are none."""
        with self.asking() as connection:
            return open_invitations(connection, self._clock())

    def withdraw(self, invitation: str) -> InvitationView:
        """End an invitation, so that its link is refused from now on; raise NotFound for one that nobody could use."""
        with self.changing() as connection:
            return withdraw(connection, invitation, self._clock())

    def user(self, user: str) -> UserView | None:
        """Return the user with that id, None if there is none."""
        with self.asking() as connection:
            row = find_user(connection, user)
        return None if row is None else user_view(row)

    def users(self, request: PageRequest) -> Page[UserView]:
        """Return a page of users by id; `where` may hold `role` and `search`."""
        with self.asking() as connection:
            return page_of_users(connection, request)

    def check_erasable(self, user: str, being_erased: frozenset[str]) -> None:
        """Raise NotFound for an unknown user, Conflict for one who must stay once `being_erased` are erased."""
        with self.asking() as connection:
            row = find_user(connection, user)
            if row is None:
                raise NotFound("there is no such user", ("user",))
            check_erasable(connection, row, being_erased)

    def credentials(self, user: str) -> list[CredentialView]:
        """Return a user's sessions and tokens, newest first, at most 1,000 of each."""
        with self.asking() as connection:
            return credentials_of(connection, user)

    def grant(self, user: str, role: Role, judge: str | None = None, by: str | None = None) -> UserView:
        """Give a user another role, or a judge id; raise NotFound for an unknown user, Conflict where it must stay.

        Raise Forbidden where `by` is no admin any more, which is read in the same transaction.
        """
        with self.changing() as connection:
            if by is not None:
                check_admin(connection, by)
            row = change_role(connection, user, role, self._clock(), judge)
        return user_view(row)

    def revoke(self, credential: str, via: Via | None = None) -> CredentialView:
        """End a session or token, of the kind `via` if given, within a second; again is no error; raise NotFound."""
        with self.changing() as connection:
            return end_credential(connection, credential, self.revocation_events, "revoked", via)

    def secret(self) -> str:
        """Return a new secret: 256 random bits as text."""
        return base64.urlsafe_b64encode(self._random_bytes(32)).rstrip(b"=").decode("ascii")

    def forget(self) -> None:
        """Empty the cache, so that each caller's next request reads the database."""
        self._recent.clear()

    @contextmanager
    def asking(self) -> Iterator[sa.Connection]:
        """Return a context manager with a connection for reads; raise Unavailable when the database is away."""
        with self._store.reading() as connection:
            yield connection

    @contextmanager
    def changing(self) -> Iterator[sa.Connection]:
        """Return a context manager with one write transaction, which empties the cache; raise Unavailable."""
        try:
            with self._store.writing() as connection:
                yield connection
        finally:
            self._recent.clear()
