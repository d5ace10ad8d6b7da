"""What notifier is to the server: its record, from which everything else about it is derived."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from contracts.module import CheckContext, Module, ModuleContext, ModuleKey, Remote, Rotation, RotationContext, Worker
from contracts.modules.database import Table
from contracts.modules.events import Consumer
from contracts.modules.home import HomeSection
from contracts.modules.mail_links import MailAddresses, MailLinks
from contracts.modules.notice_administration import NoticeAdministration
from contracts.modules.notices import Notices, Reachable
from contracts.modules.retention import TableRetention
from contracts.routes import RouteSpec, Service
from kit.sql.sessions import engine_of
from services.notifier import routes
from services.notifier.addresses import routes as reachable_routes
from services.notifier.browser import routes as browser_routes
from services.notifier.channels.settings import NotifierTable
from services.notifier.mail_addresses import routes as address_routes
from services.notifier.mail_links import routes as link_routes

if TYPE_CHECKING:
    from services.notifier.module import NotifierModule

SHOWN_S = 14 * 86_400.0
"""How long a notice counts whose request says nothing of it."""


def _tables() -> Sequence[Table]:
    from services.notifier.tables import METADATA

    return tuple(METADATA.tables.values())


def _module(context: ModuleContext) -> "NotifierModule":
    from services.notifier.addresses.stored import StoredAddresses
    from services.notifier.module import NotifierModule

    return NotifierModule(context, StoredAddresses.of(context))


def _routes() -> Sequence[RouteSpec]:
    reached = (*reachable_routes.ROUTES, *browser_routes.ROUTES, *address_routes.ROUTES, *link_routes.ROUTES)
    return (*routes.ROUTES, *reached)


def _consumers(context: ModuleContext) -> Sequence[Consumer]:
    from services.notifier.addresses.session_ends import SessionEnds
    from services.notifier.people import PeopleUpdates
    from services.notifier.requests import NoticeRequests

    requests = NoticeRequests(context.sealer, context.clock, SHOWN_S)
    return [requests, PeopleUpdates(context.sealer, context.clock), SessionEnds(context.clock)]


def _workers(context: ModuleContext, _: Service) -> Sequence[Worker]:
    from services.notifier.release_worker import ReleaseWorker

    release = ReleaseWorker(context)
    workers = [Worker(name="release", step=release.step, every_s=0.5, stop=release.stop, close=release.close)]
    if context.settings.mail is not None:
        workers += _mail_workers(context)
    return workers


def _mail_workers(context: ModuleContext) -> Sequence[Worker]:
    from services.notifier.addresses.stored import StoredAddresses
    from services.notifier.channels.senders import mail_sender
    from services.notifier.mail_addresses.confirmations import ConfirmationMails
    from services.notifier.mail_links.link_tokens import LinkTokens
    from services.notifier.store import notifier_store

    sender = mail_sender(context, StoredAddresses.of(context))
    if sender is None:
        return []
    store, tokens = notifier_store(engine_of(context.database)), LinkTokens(context.secret("links"))
    mails = ConfirmationMails(store, context.sealer, context.clock, sender, tokens)
    return [Worker(name="confirmations", step=mails.step, every_s=1.0, stop=mails.stop)]


def _checks(context: CheckContext) -> Iterator[tuple[str, str]]:
    from services.notifier.channels.mail.configured import mail_faults

    if context.settings.mail is not None:
        yield "mail of notices", "; ".join(mail_faults(context.settings.mail, context.variable))


def _section(notices: Notices) -> HomeSection:
    from services.notifier.home import NoticesHome

    return NoticesHome(notices)


def _retained(context: ModuleContext, _: Service) -> Sequence[TableRetention]:
    from services.notifier.retention import notifier_retention

    return notifier_retention(context.sealer)


def _signs(keys: Path, _: float) -> bool:
    from services.notifier.channels.web_push.vapid_keys import VapidKeys

    return VapidKeys(keys).is_there()


def _make_vapid_key(keys: Path, now: float) -> None:
    from services.notifier.channels.web_push.vapid_keys import VapidKeys

    VapidKeys(keys).current(now)


def _rotate_vapid(context: RotationContext) -> str:
    from services.notifier.channels.web_push.vapid_keys import VapidKeys

    return VapidKeys(context.keys).rotate(context.clock()).kid


NOTIFIER = Module(
    name="notifier",
    build=_module,
    tables=_tables,
    migrations=Path(__file__).parent / "migrations",
    routes=_routes,
    consumers=_consumers,
    section="notifications",
    home_section=_section,
    retains=_retained,
    checks=_checks,
    secrets=("links", "addresses"),
    keys={"vapid": ModuleKey(is_there=_signs, make=_make_vapid_key)},
    rotates={
        "vapid": Rotation(
            says="Make a new key for push messages and print its id; browsers that come next subscribe with it.\n\n"
            "The two before it sign on for browsers that subscribed with them.",
            rotate=_rotate_vapid,
        )
    },
    settings=NotifierTable,
    workers=_workers,
    remote=Remote(protocols=(Notices, NoticeAdministration, Reachable, MailAddresses, MailLinks)),
)
