"""The suppression list as admins see and change it: keyed hashes, of addresses that are typed and stored nowhere."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from contracts.modules.notice_administration import SuppressionView
from contracts.paging import InvalidCursor, Page, PageRequest
from contracts.refusals import NotFound
from kit.paging import key_after, page_of
from kit.refusals import refusal_of
from kit.sql.store import Store
from kit.times import iso
from services.notifier.addresses.administration import AddressAdministration
from services.notifier.addresses.stored import StoredAddresses
from services.notifier.channels.mail.message import BadMail, read_address
from services.notifier.channels.web_push.vapid_keys import VapidKeys
from services.notifier.mail_addresses.suppressions import SuppressedFor, Suppressions
from services.notifier.tables import SUPPRESSIONS


class SuppressionAdministration(AddressAdministration):
    """The rest of contracts.modules.notice_administration.NoticeAdministration; `addresses` hash what is typed."""

    def __init__(self, store: Store, clock: Callable[[], float], keys: VapidKeys, addresses: StoredAddresses) -> None:
        super().__init__(store, clock, keys)
        self._suppressed = Suppressions(addresses)

    def suppressions(self, request: PageRequest) -> Page[SuppressionView]:
        """Return a page of the list, newest first; raise InvalidCursor."""
        query = sa.select(SUPPRESSIONS).order_by(SUPPRESSIONS.c.added_at.desc(), SUPPRESSIONS.c.hash.desc())
        if (after := key_after(request, (int, float), str)) is not None:
            at, hashed = float(after[0] or 0), _bytes_of(str(after[1]))
            before = sa.and_(SUPPRESSIONS.c.added_at == at, SUPPRESSIONS.c.hash < hashed)
            query = query.where(sa.or_(SUPPRESSIONS.c.added_at < at, before))
        with self.store.reading() as connection:
            rows = connection.execute(query.limit(request.first + 1)).all()
        return page_of(rows, request.first, lambda row: (row.added_at, row.hash.hex()), _view)

    def count_suppressions(self) -> int:
        """Return how many addresses are on the list."""
        with self.store.reading() as connection:
            return int(connection.execute(sa.select(sa.func.count()).select_from(SUPPRESSIONS)).scalar_one())

    def suppress(self, address: str) -> SuppressionView:
        """Add an address to the list, as an admin's; raise InvalidInput for what is none."""
        hashed = self._suppressed.hash_of(_address_of(address))
        with self.store.writing() as connection:
            self._suppressed.add(connection, hashed, SuppressedFor.ADMIN, self._now())
            return _view(_row(connection, hashed))

    def lift_suppression(self, address: str) -> SuppressionView:
        """Take an address from the list, whyever it was there; raise NotFound, InvalidInput for what is none."""
        typed = _address_of(address)
        with self.store.writing() as connection:
            row = _row(connection, self._suppressed.hash_of(typed))
            if row is None:
                raise NotFound("this address is not on the list: it gets mail", ("address",))
            self._suppressed.lift(connection, typed, *SuppressedFor)
            return _view(row)


def _row(connection: sa.Connection, hashed: bytes) -> Any:
    return connection.execute(sa.select(SUPPRESSIONS).where(SUPPRESSIONS.c.hash == hashed)).first()


def _view(row: Any) -> SuppressionView:
    return SuppressionView(id=row.hash.hex(), reason=row.reason, added_at=iso(row.added_at))


def _address_of(text: str) -> str:
    """Return a mail address; raise InvalidInput, which does not repeat what was typed."""
    try:
        return read_address(text.strip())
    except BadMail as error:
        raise refusal_of(error) from None


def _bytes_of(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise InvalidCursor from None
