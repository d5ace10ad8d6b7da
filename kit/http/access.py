"""Who asks, as every endpoint wants to know it: somebody, an admin, or one of our own pages."""

from contracts.access.caller import Caller, Role
from contracts.refusals import Forbidden, Refusal


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
