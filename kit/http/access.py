"""Who asks, as every endpoint wants to know it: somebody, an admin, or one of our own pages."""

from collections.abc import Iterable

from contracts.access.auth import CredentialView
from contracts.access.caller import Caller, Role
from contracts.refusals import Forbidden, Refusal
from kit.times import unix_seconds


class Unauthenticated(Refusal):
    """Nobody is known by what the request shows."""

    code = "UNAUTHENTICATED"


class ForeignOrigin(Refusal):
    """A change that one of our own pages did not ask for."""

    code = "FOREIGN_ORIGIN"


def known(caller: Caller | None, message: str = "sign in first, or send a bearer token") -> Caller:
    """Return the caller; raise Unauthenticated with `message` for nobody."""
    if caller is None:
        raise Unauthenticated(message)
    return caller


def admin(caller: Caller | None, message: str = "sign in first, or send a bearer token") -> Caller:
    """Return the caller who is an admin; raise Unauthenticated with `message` for nobody, Forbidden for others."""
    if known(caller, message).role < Role.ADMIN:
        raise Forbidden("this is for admins")
    return known(caller)


def is_recent(caller: Caller, credentials: Iterable[CredentialView], now: float, within_s: float) -> bool:
    """Return whether the caller came with a browser's session that began at most `within_s` seconds before `now`.

    `credentials` are the caller's own; `now` is in Unix seconds. A token is no session, however it was come by.
    """
    if caller.via != "session":
        return False
    mine = [view for view in credentials if view.id == caller.credential and view.revoked_at is None]
    return any(0 <= now - unix_seconds(view.created_at) <= within_s for view in mine)
