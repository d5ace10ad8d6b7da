"""What auth promises: callers from sessions and tokens, one-time links, invitations, roles and revocation."""

from typing import Literal, Protocol

import msgspec

from contracts.access.caller import Caller, Role
from contracts.paging import Page, PageRequest


class UserView(msgspec.Struct, frozen=True):
    """A user as admins see it; `judge` is the judge id that the user answers as."""

    id: str
    role: Role
    judge: str | None
    created_at: str
    last_seen_at: str | None


class CredentialView(msgspec.Struct, frozen=True):
    """A session or a bearer token, by its public id; the secret is never stored."""

    id: str
    user: str
    via: str
    created_at: str
    expires_at: str
    revoked_at: str | None


class InvitationView(msgspec.Struct, frozen=True):
    """An invitation that nobody has used; its secret is not stored. `by` is the user who made it.

    `user` is the judge whom it signs in again, None where it makes a new user.
    """

    id: str
    role: Role
    judge: str | None
    user: str | None
    by: str
    created_at: str
    expires_at: str


class IssuedToken(msgspec.Struct, frozen=True):
    """A new bearer token: `secret` is shown once."""

    id: str
    secret: str
    user: str
    expires_at: str

    def __repr__(self) -> str:
        return f"IssuedToken(id={self.id!r})"


class OneTimeLink(msgspec.Struct, frozen=True):
    """A link for one sign-in: `secret` goes into the URL's fragment and is shown once."""

    id: str
    secret: str
    expires_at: str
    role: Role
    judge: str | None

    def __repr__(self) -> str:
        return f"OneTimeLink(id={self.id!r})"


class SignedIn(msgspec.Struct, frozen=True):
    """A new session: `secret` is the cookie's value, 256 random bits."""

    secret: str
    caller: Caller

    def __repr__(self) -> str:
        return f"SignedIn(caller={self.caller!r})"


class PublishedKeys(Protocol):
    """The keys that bearer tokens are verified by."""

    def jwks(self) -> list[dict[str, str]]:
        """Return the public keys, as JWKs, that our tokens verify by now or soon."""
        ...


class Auth(Protocol):
    """Authenticates callers and stores users; blocking calls, safe from several threads.

    Refusals are those of contracts.refusals. What a credential may do is read from the store at most a second late.
    """

    def by_session(self, secret: str) -> Caller | None:
        """Return the caller of a session cookie, or None; extend the session's expiry within its absolute one."""
        ...

    def by_bearer(self, token: str) -> Caller | None:
        """Return the caller of a bearer token, or None for anything but a token of ours, valid now and not revoked."""
        ...

    def is_live(self, caller: Caller) -> bool:
        """Return whether the credential still counts with an unchanged role; for long answers such as subscriptions."""
        ...

    def local_link(self) -> OneTimeLink:
        """Return a link that signs in as the local admin, for 10 minutes and a single use."""
        ...

    def invite(self, role: Role, judge: str | None, by: str, again: bool = False) -> OneTimeLink:
        """Return a link that makes a new user with this role, for 7 days and a single use.

        With `again` it signs in the judge who has the id already, and ends the judge's open invitations. Raise
        InvalidInput for a judge id in use, or of which `again` knows no judge.
        """
        ...

    def invitations(self) -> list[InvitationView]:
        """Return the invitations that somebody could use now, newest first, at most 200."""
        ...

    def withdraw(self, invitation: str) -> InvitationView:
        """End an invitation at once and return it; raise NotFound for one that is unknown, used or ended."""
        ...

    def redeem(self, secret: str) -> SignedIn:
        """Use up a link and return the session that it starts.

        Raise NotFound if it is unknown, used or expired; of many at the same moment all but one get NotFound.
        """
        ...

    def issue_token(self, role: Role, ttl_s: int, judge: str | None = None) -> str:
        """Return a bearer token for scripts, of that role's service account; raise InvalidInput beyond 90 days."""
        ...

    def make_token(self, role: Role, ttl_s: int, judge: str | None = None) -> IssuedToken:
        """Return what `issue_token` does with what admins see of it; raise InvalidInput beyond 90 days."""
        ...

    def sign_out(self, caller: Caller) -> None:
        """Revoke the caller's own credential, session or token."""
        ...

    def user(self, user: str) -> UserView | None:
        """Return one user, or None if the id is unknown."""
        ...

    def users(self, request: PageRequest) -> Page[UserView]:
        """Return users by id; `where` may hold role, and search, a part of the id or the judge id in any case."""
        ...

    def check_erasable(self, user: str, being_erased: frozenset[str]) -> None:
        """Raise for a user who may not be erased once those in `being_erased` are gone.

        NotFound for an unknown user; Conflict for the last admin, the local admin and service accounts.
        """
        ...

    def credentials(self, user: str) -> list[CredentialView]:
        """Return a user's sessions and tokens, newest first."""
        ...

    def grant(self, user: str, role: Role, judge: str | None = None, by: str | None = None) -> UserView:
        """Change a user's role and return the user; raise NotFound, or Conflict if no admin would be left.

        Raise Forbidden where `by`, who decides it, is no admin any more at that moment; None is the server itself.

        With `judge` the user answers as that judge from now on; raise Conflict for a user who answers as another one.
        """
        ...

    def revoke(self, credential: str, via: Literal["session", "token"] | None = None) -> CredentialView:
        """End a session or token within a second and return it; ending it again changes nothing.

        `via` limits it to sessions or tokens; raise NotFound for an unknown id or one of the other kind.
        """
        ...
