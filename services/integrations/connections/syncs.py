"""A sync: claimed, pulled from the provider without any transaction, and committed whole or as a failure."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec
import sqlalchemy as sa

from contracts.integrations.connections import ConnectionProvider, ConnectionState, SyncOutcome, SyncReport
from contracts.module import ModuleContext
from contracts.modules.events import Event, NoticeRequestedV1
from contracts.refusals import InProgress, Refusal
from core.plurals import counted
from kit.sql.store import Store
from kit.times import iso
from services.integrations.calendars.busy_time import QUARTER_S, busy_time
from services.integrations.calendars.calendar_items import CalendarItem, SyncWindow
from services.integrations.connections.items import put_items, stored_items
from services.integrations.connections.stored import BUSY, REVOKING, SEALED, StoredDetails, not_found
from services.integrations.connectors.connector import Connector, Cursor, Pulled, PullFailed
from services.integrations.oauth.grants import Grants
from services.integrations.provider_webhooks.channels import account_name, note_account
from services.integrations.tables import CONNECTIONS

DAY_S = 86_400.0
BEFORE_S, WINDOW_S = DAY_S, 29 * DAY_S
"""How far back the window begins, and how long it is."""
LEAST_AHEAD_S = 14 * DAY_S
"""Once less than this is left of the window, all of it is read anew, whether it changed or not."""
EVERY_S, FIRST_RETRY_S, LONGEST_RETRY_S = 3_600.0, 600.0, DAY_S
CLAIM_S = 300.0
"""How long a sync has at most; one that was killed is over by then."""
TOPIC = "connections"
WHAT = {ConnectionProvider.TODOIST: "tasks", ConnectionProvider.GITHUB: "notifications"}
"""What is read of a provider that is no calendar."""


@dataclass(frozen=True)
class SyncClaim:
    """A sync that nobody else does meanwhile: the connection's row as it is then, and until when it is ours."""

    row: Any
    until: float


class Syncs:
    """Syncs of connections on one store; `connectors` are those that there are, by their provider."""

    def __init__(
        self,
        store: Store,
        context: ModuleContext,
        grants: Grants,
        key: bytes,
        connectors: Mapping[ConnectionProvider, Connector],
    ) -> None:
        self._store, self._sealer, self._grants, self._key = store, context.sealer, grants, key
        self._bus, self._ids, self._clock, self._connectors = context.bus, context.ids, context.clock, connectors

    def claim(self, chosen: sa.ColumnElement[bool], *, due: bool = False) -> SyncClaim | None:
        """Take one of the chosen connections for a sync, with `due` one whose time has come; return None without one.

        Without `due` raise NotFound, InProgress, or RATE_LIMITED until the provider may be asked again.
        """
        now = self._clock()
        with self._store.writing() as connection:
            query = sa.select(CONNECTIONS).where(chosen, CONNECTIONS.c.state != REVOKING)
            if due:
                query = query.where(CONNECTIONS.c.next_sync_at <= now, CONNECTIONS.c.claimed_until <= now)
            row = connection.execute(query.order_by(CONNECTIONS.c.next_sync_at).limit(1)).first()
            if row is None:
                if due:
                    return None
                raise not_found()
            if row.claimed_until > now:
                raise InProgress("this connection is being read: look at it in a moment")
            if row.retry_at is not None and row.retry_at > now:
                says = f"its provider wants to be asked after {iso(row.retry_at)}: try again then"
                raise Refusal(says, code="RATE_LIMITED")
            until = now + CLAIM_S
            connection.execute(CONNECTIONS.update().where(CONNECTIONS.c.id == row.id).values(claimed_until=until))
        return SyncClaim(row, until)

    def run(self, claim: SyncClaim) -> None:
        """Read the provider and store what came; raise NotFound if the connection ended meanwhile, Erased."""
        row, now = claim.row, self._clock()
        details = SEALED.open(self._sealer, row.user, row.id, row.sealed)
        whole = row.covers_until < now + LEAST_AHEAD_S or row.state != ConnectionState.CONNECTED
        window = window_at(now, details.time_zone)
        connector = self._connectors.get(ConnectionProvider(row.provider))
        if connector is not None and connector.incremental and not whole:
            window = SyncWindow(row.covers_until - WINDOW_S, row.covers_until, details.time_zone)
        change: Callable[[sa.Connection, Any], None]
        try:
            pulled = self._pulled(row, connector, {} if whole else details.cursor, window)
            change = partial(self.store, details=details, pulled=pulled, window=window)
        except PullFailed as failed:
            change = partial(self._failed, details=details, failed=failed)
        except BaseException:
            self._give_back(claim)
            raise
        self._commit(claim, change)

    def _pulled(self, row: Any, connector: Connector | None, cursor: Cursor, window: SyncWindow) -> Pulled:
        """Return what the provider has."""
        if connector is None:
            raise PullFailed("not-configured", "this server is no client of its provider any more")
        return self._grants.used(row, lambda secret: connector.pull(secret, cursor, window))

    def store(
        self, connection: sa.Connection, row: Any, details: StoredDetails, pulled: Pulled, window: SyncWindow
    ) -> None:
        """Make what was pulled the content of a connection's row; raise Erased."""
        now = self._clock()
        values: dict[str, Any] = {}
        count = 0
        if pulled.read is not None:
            items: Sequence[CalendarItem] = pulled.read.items
            put_items(connection, self._sealer, self._key, row, items, window.until, pulled.removed)
            if pulled.removed is not None:
                items = stored_items(connection, self._sealer, row)
            count, busy = len(items), busy_time(items, window)
            values = {"covers_until": window.until, "busy": BUSY.seal(self._sealer, row.user, row.id, busy)}
        new = msgspec.structs.replace(
            details, cursor=pulled.cursor, last_sync=_report(pulled, count, details.last_sync, window, now)
        )
        values |= {
            "state": ConnectionState.CONNECTED.value,
            "synced_at": now,
            "next_sync_at": now + max(EVERY_S, pulled.wait_s),
            "retry_at": now + pulled.wait_s if pulled.wait_s > 0 else None,
            "failures": 0,
        }
        self._update(connection, row, new, values)
        if pulled.account is not None:
            note_account(connection, row, account_name(self._key, row.provider, pulled.account))

    def _failed(self, connection: sa.Connection, row: Any, details: StoredDetails, failed: PullFailed) -> None:
        now, failures = self._clock(), row.failures + 1
        wait_s = min(FIRST_RETRY_S * 2 ** min(failures - 1, 10), LONGEST_RETRY_S)
        ends = failed.ends_grant
        values: dict[str, Any] = {
            "failures": failures,
            "next_sync_at": None if ends else now + max(wait_s, failed.retry_after_s or 0.0),
            "retry_at": None if failed.retry_after_s is None else now + failed.retry_after_s,
        }
        if ends and row.state != ConnectionState.RECONNECT:
            values["state"] = ConnectionState.RECONNECT.value
            self._announce(connection, row, details.host, now)
        report = _again(details.last_sync, SyncOutcome.FAILED, failed.code, failed.says, now)
        self._update(connection, row, msgspec.structs.replace(details, last_sync=report), values)

    def _update(self, connection: sa.Connection, row: Any, details: StoredDetails, values: Mapping[str, Any]) -> None:
        sealed = SEALED.seal(self._sealer, row.user, row.id, details)
        changed = CONNECTIONS.update().where(CONNECTIONS.c.id == row.id)
        connection.execute(changed.values(**values, sealed=sealed, claimed_until=0.0))

    def _commit(self, claim: SyncClaim, change: Callable[[sa.Connection, Any], None]) -> None:
        """Have the change in one transaction, if the connection is still there and the claim still ours."""
        with self._store.writing() as connection:
            current = connection.execute(sa.select(CONNECTIONS).where(CONNECTIONS.c.id == claim.row.id)).first()
            if current is None:
                raise not_found()
            if current.claimed_until == claim.until:
                change(connection, current)
                if current.next_sync_at != claim.row.next_sync_at:
                    _wanted_again(connection, current)

    def _give_back(self, claim: SyncClaim) -> None:
        mine = CONNECTIONS.c.id == claim.row.id, CONNECTIONS.c.claimed_until == claim.until
        later = {"claimed_until": 0.0, "next_sync_at": self._clock() + FIRST_RETRY_S}
        with self._store.writing() as connection:
            connection.execute(CONNECTIONS.update().where(*mine).values(later))

    def _announce(self, connection: sa.Connection, row: Any, host: str, now: float) -> None:
        """Request the one notice that a connection needs its user."""
        what = WHAT.get(ConnectionProvider(row.provider), "calendar")
        said = NoticeRequestedV1(
            topic=TOPIC,
            title=f"{'A calendar' if what == 'calendar' else what.capitalize()} can no longer be read",
            text=f"{host} does not let the app read your {what} any more. Connect it again, or remove it.",
        )
        event = Event(id=self._ids(), source="/integrations", time=iso(now), data=said, user=row.user)
        self._bus.publish(connection, event)


def window_at(now: float, time_zone: str) -> SyncWindow:
    """Return the window that a sync at that moment reads."""
    since = math.floor((now - BEFORE_S) / QUARTER_S) * QUARTER_S
    return SyncWindow(float(since), since + WINDOW_S, time_zone)


def _report(pulled: Pulled, count: int, before: SyncReport | None, window: SyncWindow, now: float) -> SyncReport:
    """What a sync says that leaves the connection with `count` items."""
    read = pulled.read
    if read is None:
        return _again(before, SyncOutcome.UNCHANGED, "unchanged", "nothing changed since the last sync", now)
    if pulled.removed is not None:
        changed = f"{len(read.items)} changed and {len(pulled.removed)} removed"
        says = f"{counted(count, 'item')} in the coming weeks: {changed} since the last sync"
    else:
        says = f"{counted(count, 'item')} of {counted(read.components, 'component')} in the coming weeks"
    if read.unknown_zones:
        says += f"; {counted(read.unknown_zones, 'entry', 'entries')} in a zone that does not exist"
    return SyncReport(
        at=iso(now),
        outcome=SyncOutcome.SYNCED,
        code="synced",
        says=says,
        components=read.components,
        items=count,
        since=iso(window.since, "auto"),
        until=iso(window.until, "auto"),
        left_out=read.left_out,
    )


def _wanted_again(connection: sa.Connection, row: Any) -> None:
    """Have a connection read again soon, for a message came while it was read, when its provider may be asked."""
    mine = CONNECTIONS.c.id == row.id, CONNECTIONS.c.state == ConnectionState.CONNECTED.value
    now = connection.execute(sa.select(CONNECTIONS).where(*mine)).first()
    if now is not None and row.next_sync_at is not None and now.next_sync_at is not None:
        at = min(now.next_sync_at, max(row.next_sync_at, now.retry_at or 0.0))
        connection.execute(CONNECTIONS.update().where(*mine).values(next_sync_at=at))


def _again(before: SyncReport | None, outcome: SyncOutcome, code: str, says: str, now: float) -> SyncReport:
    """What a sync says that left what was read as it was."""
    known = before or SyncReport(at="", outcome=outcome, code="", says="")
    return msgspec.structs.replace(known, at=iso(now), outcome=outcome, code=code, says=says)
