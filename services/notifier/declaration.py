"""What notifier is to the server: its record, from which everything else about it is derived."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from contracts.module import Module, ModuleContext, Remote, Worker
from contracts.modules.database import Table
from contracts.modules.events import Consumer
from contracts.modules.home import HomeSection
from contracts.modules.mail_links import MailLinks
from contracts.modules.notice_administration import NoticeAdministration
from contracts.modules.notices import Notices
from contracts.modules.retention import TableRetention
from contracts.routes import Service
from kit.sql.sessions import engine_of
from services.notifier import routes
from services.notifier.mail_links import routes as link_routes

if TYPE_CHECKING:
    from services.notifier.module import NotifierModule

SHOWN_S = 14 * 86_400.0
"""How long a notice counts whose request says nothing of it."""


def _tables() -> Sequence[Table]:
    from services.notifier.tables import METADATA

    return tuple(METADATA.tables.values())


def _module(context: ModuleContext) -> "NotifierModule":
    from services.notifier.mail_links.link_tokens import LinkTokens
    from services.notifier.module import NotifierModule

    engine = engine_of(context.database)
    tokens = LinkTokens(context.secret("links"))
    return NotifierModule(engine, context.sealer, context.bus, tokens, clock=context.clock, ids=context.ids)


def _consumers(context: ModuleContext) -> Sequence[Consumer]:
    from services.notifier.people import PeopleUpdates
    from services.notifier.requests import NoticeRequests

    requests = NoticeRequests(context.sealer, context.clock, SHOWN_S)
    return [requests, PeopleUpdates(context.sealer, context.clock)]


def _workers(context: ModuleContext, _: Service) -> Sequence[Worker]:
    from services.notifier.release import Release
    from services.notifier.store import notifier_store

    release = Release(notifier_store(engine_of(context.database)), context.sealer, context.clock)
    return [Worker(name="release", step=release.step, every_s=0.5)]


def _section(notices: Notices) -> HomeSection:
    from services.notifier.home import NoticesHome

    return NoticesHome(notices)


def _retained(context: ModuleContext, _: Service) -> Sequence[TableRetention]:
    from services.notifier.retention import notifier_retention

    return notifier_retention(context.sealer)


NOTIFIER = Module(
    name="notifier",
    build=_module,
    tables=_tables,
    migrations=Path(__file__).parent / "migrations",
    routes=lambda: (*routes.ROUTES, *link_routes.ROUTES),
    consumers=_consumers,
    section="notifications",
    home_section=_section,
    retains=_retained,
    secrets=("links",),
    workers=_workers,
    remote=Remote(protocols=(Notices, NoticeAdministration, MailLinks)),
)
