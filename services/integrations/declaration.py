"""What integrations is to the server: its record, from which everything else about it is derived."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from contracts.integrations.administration import ConnectionAdministration
from contracts.integrations.connections import UserConnections
from contracts.integrations.webhooks import WebhookAdministration
from contracts.module import Module, ModuleContext, ModuleKey, Remote, Rotation, RotationContext, Worker
from contracts.modules.database import Table
from contracts.modules.erasure import IdentityGrants
from contracts.modules.events import Consumer
from contracts.modules.home import HomeSection
from contracts.modules.retention import TableRetention
from contracts.refusals import Unavailable
from contracts.routes import Service
from kit.sql.sessions import engine_of
from services.integrations import routes
from services.integrations.connections import webhook_routes
from services.integrations.oauth import routes as authorization_routes
from services.integrations.page import routes as page_routes
from services.integrations.provider_webhooks import routes as provider_routes
from services.integrations.settings import IntegrationsTable

if TYPE_CHECKING:
    from services.integrations.module import IntegrationsModule
    from services.integrations.vault.encryption_keys import EncryptionKeys
    from services.integrations.webhooks.delivery_worker import WebhookWorker

LOOKS_EVERY_S = 15.0


def _module(context: ModuleContext) -> "IntegrationsModule":
    from services.integrations.connectors.configured import configured, given
    from services.integrations.module import IntegrationsModule

    secrets = given(context.settings, context.egress_exceptions, context.clock)
    oauth = configured(context.settings, context.variable, context.egress_exceptions, context.clock)
    return IntegrationsModule(context, _vault_keys(context), secrets, oauth)


def _vault_keys(context: RotationContext) -> "EncryptionKeys":
    from services.integrations.vault.encryption_keys import EncryptionKeys
    from services.integrations.vault.given_keys import given_keys
    from services.integrations.vault.key_service import key_service

    given, service = given_keys(context.settings, context.variable), key_service(context.settings, context.variable)
    return EncryptionKeys(context.keys, given, service=service)


def _section(connections: UserConnections) -> HomeSection:
    from services.integrations.home import ConnectionsHome

    return ConnectionsHome(connections)


def _tables() -> Sequence[Table]:
    from services.integrations.tables import METADATA

    return tuple(METADATA.tables.values())


def _retained(context: ModuleContext, _: Service) -> Sequence[TableRetention]:
    from services.integrations.retention import integrations_retention

    return integrations_retention(context.sealer)


def _consumers(context: ModuleContext) -> Sequence[Consumer]:
    from services.integrations.webhooks.event_intake import WebhookIntake

    return [WebhookIntake(context.clock, context.ids)]


def _workers(context: ModuleContext, service: Service) -> Sequence[Worker]:
    from services.integrations.sync_worker import SyncWorker

    syncs, messages = SyncWorker(service), _delivery_worker(context)
    return [
        Worker(name="syncs", step=syncs.step, every_s=LOOKS_EVERY_S, alone=True, stop=syncs.stop),
        Worker(name="webhooks", step=messages.step, every_s=1.0, stop=messages.stop, close=messages.close),
    ]


def _delivery_worker(context: ModuleContext) -> "WebhookWorker":
    from services.integrations.store import integrations_store
    from services.integrations.vault.vault import Vault
    from services.integrations.webhooks.admin_notices import AdminNotices, admins_of
    from services.integrations.webhooks.delivery_worker import WebhookWorker
    from services.integrations.webhooks.message_queue import MessageQueue

    notices = AdminNotices(context, admins_of(context))
    queue = MessageQueue(integrations_store(engine_of(context.database)), context.clock, notices)
    return WebhookWorker(queue, Vault(_vault_keys(context)), context.clock, context.egress_exceptions)


def _has_key(keys: Path, _: float) -> bool:
    from services.integrations.vault.encryption_keys import EncryptionKeys

    return EncryptionKeys(keys).has_files()


def _make_key(keys: Path, now: float) -> None:
    from services.integrations.vault.encryption_keys import EncryptionKeys

    EncryptionKeys(keys).make(now)


def _rotate_key(context: RotationContext) -> str:
    from services.integrations.store import integrations_store
    from services.integrations.vault.rotation import rotate

    return rotate(integrations_store(engine_of(context.database)), _vault_keys(context), context.clock())


def _checks(context: RotationContext) -> Iterator[tuple[str, str]]:
    from services.integrations.connectors.configured import client_faults
    from services.integrations.health import channel_faults, key_service_faults, vault_faults
    from services.integrations.vault.given_keys import BadVaultKeys
    from services.integrations.vault.key_service import BadKeyService
    from services.integrations.webhooks.health import webhook_faults

    yield from webhook_faults(engine_of(context.database), context.clock())
    yield from channel_faults(engine_of(context.database))
    try:
        keys = _vault_keys(context)
    except (BadVaultKeys, BadKeyService) as error:
        yield "vault", str(error)
        return
    try:
        there, wrapped = keys.ids(), keys.of_no_service()
    except Unavailable as error:
        yield "vault", error.message
        return
    wraps = there if keys.are_given or context.settings.kms is not None else []
    yield from vault_faults(engine_of(context.database), wraps[-1] if wraps else None, there, wrapped)
    if context.settings.kms is not None:
        yield from key_service_faults(keys)
    yield from client_faults(context.settings, context.variable)


INTEGRATIONS = Module(
    name="integrations",
    build=_module,
    tables=_tables,
    migrations=Path(__file__).parent / "migrations",
    routes=lambda: (
        *routes.ROUTES,
        *authorization_routes.ROUTES,
        *webhook_routes.ROUTES,
        *provider_routes.ROUTES,
        *page_routes.ROUTES,
    ),
    section="connections",
    home_section=_section,
    retains=_retained,
    checks=_checks,
    settings=IntegrationsTable,
    consumers=_consumers,
    workers=_workers,
    secrets=("integrations",),
    keys={"vault": ModuleKey(is_there=_has_key, make=_make_key)},
    rotates={
        "vault": Rotation(
            says="Make a new key of the vault, wrap the data key of every connection by it, and print its id.\n\n"
            "No secret is opened. The key before it stays until the next rotation, older ones are destroyed.",
            rotate=_rotate_key,
        )
    },
    remote=Remote(protocols=(UserConnections, IdentityGrants, ConnectionAdministration, WebhookAdministration)),
)
