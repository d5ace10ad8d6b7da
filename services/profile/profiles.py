"""Profiles: one sealed row per user, changed only with the version that was read."""

import msgspec
import sqlalchemy as sa

from contracts.modules.profile import MOST_MUTED, Preferences, Profile, StoredProfile, ZoneSince
from contracts.modules.sealing import Sealer
from contracts.refusals import Conflict, InvalidInput
from kit.sealed import SealedColumn
from kit.times import iso
from kit.timing.zones import zones
from services.profile.tables import PROFILES

MAX_ZONES = 50
_OF_USER = sa.select(PROFILES).where(PROFILES.c.user == sa.bindparam("user"))


class Sealed(msgspec.Struct, frozen=True):
    """The content of the sealed column."""

    profile: Profile
    zones: tuple[ZoneSince, ...]


SEALED = SealedColumn("profile_profiles ", Sealed)


class Changed(Conflict):
    """The profile was changed since it was read: read it again, then change it."""

    code = "PRECONDITION_FAILED"


def read(connection: sa.Connection, sealer: Sealer, user: str) -> StoredProfile:
    """Return the stored profile, version 0 if the user has none yet."""
    row = connection.execute(_OF_USER, {"user": user}).first()
    if row is None:
        return StoredProfile(version=0, profile=Profile())
    stored = SEALED.open(sealer, user, user, row.sealed)
    return StoredProfile(
        version=row.version, profile=stored.profile, zones=stored.zones, updated_at=iso(row.updated_at)
    )


def write(
    connection: sa.Connection, sealer: Sealer, user: str, profile: Profile, version: int | None, now: float
) -> StoredProfile:
    """Store a profile and return its new version.

    Raise Changed unless `version` is the stored one (None: any), InvalidInput for an unknown time zone.
    """
    zone = profile.preferences.time_zone
    if zone not in zones():
        raise InvalidInput(
            "there is no such time zone: write an IANA name such as Europe/Berlin", ("preferences", "time_zone")
        )
    before = read(connection, sealer, user)
    if version not in (None, before.version):
        raise Changed("the profile was changed meanwhile: read it again, then send what it should be", ("If-Match",))
    been = before.zones
    if not been or been[-1].time_zone != zone:
        been = (*been, ZoneSince(zone, iso(now)))[-MAX_ZONES:]
    sealed = SEALED.seal(sealer, user, user, Sealed(profile, been))
    row = {"version": before.version + 1, "sealed": sealed, "updated_at": now, "announced": True}
    if before.version:
        connection.execute(PROFILES.update().where(PROFILES.c.user == user).values(row))
    else:
        connection.execute(PROFILES.insert().values(row | {"user": user}))
    return StoredProfile(version=before.version + 1, profile=profile, zones=been, updated_at=iso(now))


def merged(now: Preferences, shown: Preferences, wanted: Preferences) -> Preferences:
    """Return the preferences of `now` with what differs between those that were `shown` and those that are `wanted`.

    Muted topics are merged one by one, unless they become more than can be stored: then they are those of `wanted`.
    """
    fields = [name for name in Preferences.__struct_fields__ if getattr(wanted, name) != getattr(shown, name)]
    changed = {name: getattr(wanted, name) for name in fields}
    if "muted" in changed:
        stay = [topic for topic in now.muted if topic in wanted.muted or topic not in shown.muted]
        added = [topic for topic in wanted.muted if topic not in shown.muted and topic not in stay]
        if len(stay) + len(added) <= MOST_MUTED:
            changed["muted"] = (*stay, *added)
    return msgspec.structs.replace(now, **changed)
