"""Profile's checks for `tipbench doctor`: consent logs that were tampered with, erasures that are stuck."""

import time
from collections.abc import Iterator

from resources.sql.engine import open_engine
from services.profile.health import is_there, logs_of_consents, stuck
from wiring.database import opening
from wiring.settings import Settings


def look(settings: Settings) -> Iterator[tuple[str, str]]:
    """Return (what, fault) for each check, an empty fault where all is well; nothing for a home without a database."""
    if settings.database_url is None and not settings.home.database.exists():
        return
    with opening():
        engine = open_engine(settings.database_url or f"sqlite:///{settings.home.database}")
        there = is_there(engine)
    if there:
        _, broken = logs_of_consents(engine, settings.home.secret("profile"))
        advice = ": somebody changed the database; compare it with a backup"
        yield "consents", f"{'; '.join(broken)}{advice}" if broken else ""
        late = [f"{each.id} waits for {', '.join(each.waiting)}" for each in stuck(engine, time.time())]
        yield "erasures", f"stuck: {'; '.join(late)}: mend them, then tipbench erase again" if late else ""
    engine.dispose()
