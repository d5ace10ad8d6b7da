"""What the recommender is to the server: its record, from which everything else about it is derived."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from contracts.integrations.calendar_time import CalendarTime
from contracts.module import Module, ModuleContext, Remote, RotationContext, Worker
from contracts.modules.database import Table
from contracts.modules.events import Consumer
from contracts.modules.home import HomeSection
from contracts.modules.retention import TableRetention
from contracts.routes import Service
from contracts.tips.ahead import AheadWriter
from contracts.tips.catalog import TipSource
from contracts.tips.policy_administration import PolicyAdministration
from contracts.tips.recommendations import Recommendations
from kit.sql.sessions import engine_of
from services.recommender import routes
from services.recommender.settings import RecommenderTable

if TYPE_CHECKING:
    from services.recommender.module import RecommenderModule


LOOKS_EVERY_S = 5.0
"""How long a published leaderboard may take until its cells serve."""
WRITES_EVERY_S = 1.0
"""How long a context waits until cells write for it, at most, where none is before it."""


def no_scores(_: RotationContext) -> Mapping[str, float]:
    """Return no score of any arm."""
    return {}


def recommender(
    tips: Callable[[ModuleContext], tuple[TipSource, AheadWriter | None]],
    calendars: Callable[[ModuleContext], CalendarTime],
    scores: Callable[[RotationContext], Mapping[str, float]] = no_scores,
) -> Module:
    """Return the record of the module: `tips` makes the source of what it serves, and what writes ahead, if any.

    What `calendars` makes says when a user has time; `scores` are those of the arms, with which a check computes
    probabilities again.
    """

    def build(context: ModuleContext) -> "RecommenderModule":
        from services.recommender.module import RecommenderModule

        source, writer = tips(context)
        return RecommenderModule(context, source, writer, calendars(context))

    def checks(context: RotationContext) -> Iterator[tuple[str, str]]:
        from services.recommender.health import decision_faults

        yield from decision_faults(engine_of(context.database), context.settings.drawing(), scores(context))

    return Module(
        name="recommender",
        build=build,
        tables=_tables,
        migrations=Path(__file__).parent / "migrations",
        routes=lambda: routes.ROUTES,
        consumers=_consumers,
        section="tips",
        home_section=_section,
        retains=_retained,
        checks=checks,
        settings=RecommenderTable,
        workers=_workers,
        remote=Remote(protocols=(Recommendations, PolicyAdministration)),
    )


def _tables() -> Sequence[Table]:
    from services.recommender.tables import METADATA

    return tuple(METADATA.tables.values())


def _consumers(context: ModuleContext) -> Sequence[Consumer]:
    from services.recommender.people import ReaderUpdates

    return [ReaderUpdates(context.sealer)]


def _section(recommendations: Recommendations) -> HomeSection:
    from services.recommender.home import TipsHome

    return TipsHome(recommendations)


def _workers(context: ModuleContext, recommendations: Service) -> Sequence[Worker]:
    looking = Worker(name="tips", step=recommendations.look_for_tips, every_s=LOOKS_EVERY_S)
    if not context.settings.ahead.cells:
        return [looking]
    writing = Worker(
        name="ahead",
        step=recommendations.write_ahead,
        every_s=WRITES_EVERY_S,
        alone=True,
        stop=recommendations.stop_writing,
    )
    return [looking, writing]


def _retained(context: ModuleContext, _: Service) -> Sequence[TableRetention]:
    from services.recommender.retention import recommender_retention

    return recommender_retention(context.sealer, context.storage)
