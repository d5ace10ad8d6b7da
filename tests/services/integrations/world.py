"""Integrations on a migrated home, whose calendars a peer on loopback serves; a clock of ours."""

import uuid
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from contracts.integrations.connections import ConnectionProvider, NewAuthorization, NewConnection, UserConnection
from contracts.module import ModuleContext
from contracts.modules.events import VOCABULARY, Payload
from kit.egress.transport import Limits
from kit.sql.sessions import reading
from resources.home import Home
from resources.privacy.user_keys import open_user_keys
from services.events.envelope import Codec
from services.events.outbox import OutboxBus
from services.events.tables import OUTBOX
from services.integrations.calendars.calendar_items import LARGEST
from services.integrations.calendars.calendar_reading import read_calendar
from services.integrations.connectors.calendar_address import CalendarAddress
from services.integrations.connectors.configured import configured, given
from services.integrations.module import IntegrationsModule
from services.integrations.settings import GitHubTable, IntegrationsTable, OAuthClientTable
from services.integrations.tables import METADATA
from services.integrations.vault.encryption_keys import EncryptionKeys
from tests.migrated_home import open_migrated
from tests.services.integrations.calendar_peer import CalendarPeer
from tests.services.integrations.oauth_peer import CLIENT, SECRET, OAuthPeer
from tests.user_keys import RecordedBytes

START = 1_800_000_000.0
"""2027-01-15, 08:00 in UTC, a Friday."""
LIMITS = Limits(total_s=20.0, body=LARGEST)
NOTHING = {table.name: 0 for table in METADATA.sorted_tables}
"""What `World.rows` returns where there are none."""


class World:
    """The module on one home; calendars are read in this process, by the code that another one runs as a rule."""

    def __init__(
        self, root: Path, peer: CalendarPeer, url: str | None = None, provider: OAuthPeer | None = None
    ) -> None:
        self.home, self.peer, self.now, self.provider = Home(root), peer, START, provider
        self.engine = open_migrated(self.home, url)
        self.sealer = open_user_keys(self.home, RecordedBytes())
        self.codec = Codec(self.sealer, VOCABULARY)
        self.keys = EncryptionKeys(self.home.keys)
        self.keys.make(START)
        self.integrations = self.module()

    def module(self, keys: EncryptionKeys | None = None) -> IntegrationsModule:
        """Return the module as another process has it, with these keys of the vault."""
        context = self.context()
        connector = CalendarAddress(context.egress_exceptions, context.clock, LIMITS, read_calendar)
        oauth = configured(context.settings, lambda _: SECRET, context.egress_exceptions, context.clock)
        others = given(context.settings, context.egress_exceptions, context.clock)[1:]
        return IntegrationsModule(context, keys or EncryptionKeys(self.home.keys), [connector, *others], oauth)

    def context(self) -> ModuleContext:
        """Return what a process gives the module."""
        return ModuleContext(
            database=self.engine,
            secret=lambda _: b"i" * 32,
            clock=self.clock,
            keys=self.home.keys,
            sealer=self.sealer,
            bus=OutboxBus(self.codec, clock=self.clock),
            storage=self.home.storage,
            ids=lambda: str(uuid.uuid4()),
            egress_exceptions=frozenset({self.peer.pair, *([self.provider.pair] if self.provider else [])}),
            settings=self.settings(),
        )

    def settings(self) -> IntegrationsTable:
        """Return the settings that name the provider, both kinds of which are at the one peer, and GitHub at ours."""
        github = GitHubTable(at=self.peer.url("/api/v3"))
        if self.provider is None:
            return IntegrationsTable(github=github)
        own = OAuthClientTable(client_id=CLIENT, client_secret_env="OAUTH_SECRET", at=self.provider.origin)
        return IntegrationsTable(origin="https://tips.example", todoist=own, google_calendar=own, github=github)

    def clock(self) -> float:
        """The time now, which passes only when the test says so."""
        return self.now

    def connect(
        self, path: str = "/secret-a.ics", user: str = "user-a", time_zone: str = "Europe/Berlin"
    ) -> UserConnection:
        """Connect a calendar of the peer."""
        new = NewConnection(provider=ConnectionProvider.ICALENDAR, address=self.peer.url(path), time_zone=time_zone)
        return self.integrations.connect(user, new)

    def authorize(
        self, provider: ConnectionProvider, user: str = "user-a", session: str = "session-a"
    ) -> UserConnection:
        """Connect a provider by OAuth, in a browser whose user agrees."""
        assert self.provider is not None
        begun = self.integrations.authorize(
            user, session, NewAuthorization(provider=provider, time_zone="Europe/Berlin")
        )
        return self.integrations.authorized(user, session, provider.value, self.provider.consents(begun.location))

    def titles(self, made: UserConnection, user: str = "user-a") -> list[str]:
        """Return the titles of the items that are not over, by their start."""
        return [item.title for item in self.integrations.items(user, made.id, 200).items]

    def rows(self) -> dict[str, int]:
        """Return how many rows each table of the module has."""
        with reading(self.engine) as connection:
            count = sa.func.count()
            tables = METADATA.sorted_tables
            return {each.name: connection.execute(sa.select(count).select_from(each)).scalar_one() for each in tables}

    def published(self, kind: type[Payload]) -> list[Any]:
        """Return what events of a type say, in their order."""
        with reading(self.engine) as connection:
            chosen = sa.select(OUTBOX.c.body).where(OUTBOX.c.type == kind.type).order_by(OUTBOX.c.position)
            return [self.codec.decode(body).data for body in connection.execute(chosen).scalars()]

    def close(self) -> None:
        """Close the stores."""
        self.engine.dispose()
        self.sealer.close()
