"""The modules of this program, one entry each: everything else about a module is derived from its record."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from contracts.integrations.calendar_time import CalendarTime
from contracts.module import Module, ModuleContext, RotationContext
from contracts.modules.retention import PartsRetention
from contracts.routes import RouteSpec, Service
from contracts.tips.ahead import AheadWriter
from contracts.tips.catalog import TipCatalog, TipSource
from kit.times import utc_now
from resources.privacy.benchmark_module import BENCHMARK
from resources.serving.declaration import SERVING
from services.auth.declaration import AUTH
from services.events.declaration import EVENTS
from services.gateway.declaration import GATEWAY
from services.integrations.declaration import INTEGRATIONS
from services.notifier.declaration import NOTIFIER
from services.profile.declaration import ERASURE, PROFILE
from services.recommender.declaration import recommender
from services.recommender.settings import RecommenderTable


def _published_signals(context: ModuleContext, events: Service) -> Sequence[PartsRetention]:
    from resources.events.signal_retention import published_signals

    return published_signals(context, events)


def _published_decisions(context: ModuleContext, recommendations: Service) -> Sequence[PartsRetention]:
    from resources.decisions.retention import published_decisions

    return published_decisions(context, recommendations)


def _published_tips(context: ModuleContext) -> tuple[TipSource, AheadWriter | None]:
    from resources.catalog.load import readable_models
    from resources.catalog.tips import read_templates
    from resources.home import Home
    from resources.tips.ahead import AheadTips
    from resources.tips.published_tips import PublishedTips

    tips = PublishedTips(Home(context.keys.parent), context.settings.catalog, read_templates(context.layers))
    if not context.settings.ahead.cells:
        return tips, None
    writer = AheadTips(
        context.storage,
        context.sealer,
        context.service(SERVING.name),
        lambda: tips.makers,
        lambda: readable_models(context.layers),
        within_s=context.settings.ahead.within_s,
        now=utc_now,
    )
    return tips, writer


def _free_hours(context: ModuleContext) -> CalendarTime:
    from services.integrations.connections.free_hours import FreeHours

    return FreeHours(context.sealer)


def _published_scores(context: RotationContext) -> Mapping[str, float]:
    from resources.home import Home
    from resources.tips.published_tips import PublishedTips

    templates = TipCatalog((), fallback=True)  # none of which has a score
    return PublishedTips(Home(context.keys.parent), context.settings.catalog, templates).catalog.scores


TIPS = replace(recommender(_published_tips, _free_hours, _published_scores), retains_parts=_published_decisions)
"""The module that serves tips."""
MODULES: tuple[Module, ...] = (
    AUTH,
    BENCHMARK,
    PROFILE,
    ERASURE,
    SERVING,
    TIPS,
    INTEGRATIONS,
    NOTIFIER,
    GATEWAY,
    replace(EVENTS, retains_parts=_published_signals),
)
"""In the order in which users are exported and erased, and in which the first screen has its sections."""


def all_modules() -> tuple[Module, ...]:
    """Return the modules of this process."""
    return MODULES


def tip_settings(module_settings: Mapping[str, Any]) -> RecommenderTable:
    """Return the settings that tips are recommended by, of those of all modules."""
    table: RecommenderTable = module_settings.get(TIPS.name) or RecommenderTable()
    return table


def module_named(name: str) -> Module:
    """Return the module of that name; raise KeyError without one."""
    return {module.name: module for module in all_modules()}[name]


def declared_routes() -> tuple[RouteSpec, ...]:
    """Return the routes of all modules."""
    return tuple(spec for module in all_modules() for spec in module.routes())


def schema_names() -> dict[type, str]:
    """Return the names of records in the OpenAPI document where they are not the classes' own."""
    return {record: name for module in all_modules() for record, name in module.schemas().items()}


def remote_names() -> list[str]:
    """Return the names of modules that can have a process of their own."""
    return [module.name for module in all_modules() if module.remote is not None]
