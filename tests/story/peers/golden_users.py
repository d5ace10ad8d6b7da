"""What the database of a kept home holds: a user who is signed in, has a profile and gave a consent, with its event."""

import uuid
from dataclasses import dataclass

import sqlalchemy as sa

from contracts.access.caller import Role
from contracts.modules.events import VOCABULARY
from contracts.modules.profile import Caps, Channel, Preferences, Profile, Purpose, Quiet, Weekday
from resources.home import Home
from resources.privacy.user_keys import open_user_keys
from services.auth.module import AuthModule
from services.auth.tokens.signing_keys import KeyRing
from services.events.envelope import Codec
from services.events.outbox import OutboxBus
from services.profile.module import ProfileModule

NOW = 1_800_000_000.0
PROFILE = Profile(
    name="Ada",
    locale="de-AT",
    preferences=Preferences(
        time_zone="Europe/Berlin",
        channels=(Channel.PUSH,),
        muted=("sleep",),
        quiet=(Quiet(Weekday.FRI, "22:30", "07:00"),),
        caps=Caps(per_24h=3, per_topic=1),
    ),
)


@dataclass
class Modules:
    """Auth and profile on a home's database, at the time the home was made."""

    auth: AuthModule
    profile: ProfileModule


def modules(home: Home, engine: sa.Engine) -> Modules:
    """Auth and profile with the home's keys."""
    sealer = open_user_keys(home)
    bus = OutboxBus(Codec(sealer, VOCABULARY), clock=lambda: NOW)
    key = home.secret("profile")
    return Modules(
        AuthModule(engine, KeyRing(home.keys), clock=lambda: NOW),
        ProfileModule(engine, sealer, bus, key, ids=lambda: str(uuid.uuid4()), clock=lambda: NOW),
    )


def add_users(home: Home, engine: sa.Engine) -> dict[str, str]:
    """Fill a new database; return the admin's session and user, and a judge's token, as a client holds them."""
    made = modules(home, engine)
    signed_in = made.auth.redeem(made.auth.local_link().secret)
    token = made.auth.issue_token(Role.JUDGE, 600, judge="anna")
    user = signed_in.caller.subject
    made.profile.put_profile(user, PROFILE, None)
    made.profile.decide(user, next(iter(Purpose)), given=True, version=1, channel="web")
    return {"session": signed_in.secret, "user": user, "token": token}
