"""The caller of a request, which every endpoint passes on after it has authenticated once, and the roles."""

from enum import IntEnum
from typing import Literal

import msgspec


class Role(IntEnum):
    """What a caller may do; each role may do what the ones before it may."""

    USER = 1
    JUDGE = 2
    ADMIN = 3


class Caller(msgspec.Struct, frozen=True):
    """An authenticated caller; `subject` is a user id, `credential` the id of the session or token it came with.

    `judge` is the judge id this user answers as, None for people who judge nothing. `expires_at` is a Unix time in
    seconds after which the credential no longer counts.
    """

    subject: str
    role: Role
    via: Literal["session", "token"]
    credential: str
    expires_at: float
    judge: str | None = None
