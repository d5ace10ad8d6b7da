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
    """A fresh session: `secret` is the cookie's value, 256 random bits."""

    secret: str
    caller: Caller

    def __repr__(self) -> str:
        return f"SignedIn(caller={self.caller!r})"


class AuthUnavailable(RuntimeError):
    """The store of users cannot be reached, so nobody's role is known: answer 503, never the old role."""


class PublishedKeys(Protocol):
    """The keys that bearer tokens are verified by."""

    def jwks(self) -> list[dict[str, str]]:
        """The public keys that our tokens verify by, now or soon."""
        ...


class Auth(Protocol):
    """Authenticates and keeps users; blocking calls, safe from several threads.

    Refusals are those of contracts.refusals. What a credential may do is read from the store at most a second late.
    """

    def by_session(self, secret: str) -> Caller | None:
        """The caller of a session cookie, or None; slides the session's expiry within its absolute one."""
        ...

    def by_bearer(self, token: str) -> Caller | None:
        """The caller of a bearer token, or None for anything that is not one of ours, valid now and not revoked."""
        ...

    def is_live(self, caller: Caller) -> bool:
        """Whether the credential still counts and its role is unchanged; for long answers such as subscriptions."""
        ...

    def local_link(self) -> OneTimeLink:
        """A link that signs in as the local admin, 10 minutes, single use."""
        ...

    def invite(self, role: Role, judge: str | None, by: str) -> OneTimeLink:
        """A link that makes a new user with this role, 7 days, single use; InvalidInput for a judge id in use."""
        ...

    def redeem(self, secret: str) -> SignedIn:
        """Spend a link and start a session.

        NotFound when it is unknown, spent or expired, also for all but one of many at the same moment.
        """
        ...

    def issue_token(self, role: Role, ttl_s: int, judge: str | None = None) -> str:
        """A bearer token for scripts of the service account of that role; InvalidInput beyond 90 days."""
        ...

    def sign_out(self, caller: Caller) -> None:
        """Revoke the caller's own credential."""
        ...

    def user(self, user: str) -> UserView | None:
        """One user."""
        ...

    def users(self, request: PageRequest) -> Page[UserView]:
        """By id; `where` may hold role."""
        ...

    def credentials(self, user: str) -> list[CredentialView]:
        """A user's sessions and tokens, newest first."""
        ...

    def grant(self, user: str, role: Role) -> UserView:
        """Change a role; NotFound, or Conflict when it would leave no admin."""
        ...

    def revoke(self, credential: str, via: Literal["session", "token"] | None = None) -> CredentialView:
        """End a session or token, of that kind where `via` says, within a second; idempotent; NotFound."""
        ...
