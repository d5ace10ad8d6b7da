"""Builds the house from settings: the one place where concrete things meet."""

from datetime import UTC, datetime

from resources.house import House, ShowProgress
from resources.lake.specs import login_name
from resources.tracking import TrackerBeside
from wiring.answers import AnswersWhereThereAre
from wiring.settings import Settings


def utc_now() -> str:
    """The time as ISO 8601 in UTC, to the microsecond."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def build_house(settings: Settings, show_progress: ShowProgress) -> House:
    """Nothing is opened or imported here that the caller may not need."""
    return House(
        home=settings.home,
        layers=settings.layers,
        defaults=settings.defaults,
        author=settings.keys.get("TIPBENCH_AUTHOR") or login_name(),
        now=utc_now,
        tracker=TrackerBeside(settings.home, settings.tracking_uri),
        show_progress=show_progress,
        keys=settings.keys,
        answers=AnswersWhereThereAre(settings.home, settings.database_url),
    )
