"""What the doors open onto: the parts of a house that is served."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from contracts.launches import Launches
from resources.house import House
from services.auth.caller import RememberingAuth
from services.auth.clients import NativeClient
from services.auth.module import AuthModule
from services.auth.sign_in import SignIn
from wiring.profile import ProfileRoom
from wiring.settings import UpTable
from wiring.watching import Watching


@dataclass(frozen=True, kw_only=True)
class Parts:
    """Put together once by whoever serves; `origin` is where browsers find the house.

    Requests ask `asked`, which is auth in a process of its own; where it is None they ask `auth`, which always does
    what needs its tables, such as signing in by a provider. Without `sign_in` there is no provider, without `watching`
    no log, metric or span.
    """

    house: House
    database: sa.Engine
    auth: AuthModule
    launches: Launches
    profile: ProfileRoom
    origin: str
    asked: RememberingAuth | None = None
    sign_in: SignIn | None = None
    clients: Sequence[NativeClient] = ()
    watching: Watching | None = None
    up: UpTable = field(default_factory=UpTable)
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def asks(self) -> RememberingAuth:
        """Whom requests ask who their caller is."""
        return self.asked or self.auth
