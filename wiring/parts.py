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
from wiring.auth import build_auth, build_identities
from wiring.events import Events
from wiring.house_keys import HouseKeys
from wiring.profile import ProfileRoom, build_profile
from wiring.remote import remote_auth
from wiring.settings import Settings, UpTable
from wiring.sign_in import build_clients, build_sign_in
from wiring.watching import Watching, build_watching


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


def build_parts(
    settings: Settings,
    house: House,
    database: sa.Engine,
    launches: Launches,
    events: Events,
    keys: HouseKeys,
    origin: str,
) -> Parts:
    """As the settings have them; `events` is handed its consumers, so its life begins after this."""
    auth = build_auth(settings, database, bus=events.bus)
    identities = build_identities(keys)
    return Parts(
        house=house,
        database=database,
        auth=auth,
        asked=remote_auth(settings.home, settings.modules.auth) if settings.modules.auth else None,
        launches=launches,
        profile=build_profile(settings, database, auth, events, keys),
        origin=origin,
        sign_in=build_sign_in(settings.sign_in, settings.keys, settings.project, auth, origin, identities),
        clients=build_clients(settings.sign_in),
        watching=build_watching(settings.home, settings.keys, database, events.lag),
        up=settings.up,
        keys=settings.keys,
    )
