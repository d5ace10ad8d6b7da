"""Checks of profile's data, for operators."""

from collections.abc import Sequence

import sqlalchemy as sa

from contracts.modules.erasure import Erasure
from services.profile.consents import Broken, verify
from services.profile.erasure.erasures import listed
from services.profile.store import profile_store
from services.profile.tables import CONSENTS, ERASURES


def is_there(engine: sa.Engine) -> bool:
    """Return whether the tables exist."""
    return sa.inspect(engine).has_table(ERASURES.name)


def logs_of_consents(engine: sa.Engine, key: bytes) -> tuple[int, Sequence[str]]:
    """Return the number of consent chains, and a sentence for each that was tampered with."""
    said = []
    with profile_store(engine).reading() as connection:
        names = connection.execute(sa.select(CONSENTS.c.pseudonym).distinct().order_by(CONSENTS.c.pseudonym))
        known = names.scalars().all()
        for name in known:
            try:
                verify(connection, key, name)
            except Broken as error:
                said.append(str(error))
    return len(known), said


def stuck(engine: sa.Engine, now: float) -> Sequence[Erasure]:
    """Return the erasures under way that began more than 24 hours ago."""
    with profile_store(engine).reading() as connection:
        return [erasure for erasure in listed(connection, now, most=1000) if erasure.stuck]
