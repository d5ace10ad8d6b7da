"""The mail address of a user: entered, confirmed by a link that only who reads its mail has, and removed."""

from collections.abc import Callable
from typing import Any

import msgspec
import sqlalchemy as sa

from contracts.modules.mail_links import ConfirmedAddress, MailAddress
from contracts.modules.profile import Channel
from contracts.modules.sealing import Unreadable, UserSealer
from contracts.refusals import Conflict, Refusal
from kit.refusals import refusal_of
from kit.sealed import SealedColumn
from kit.sql.store import Store
from kit.times import iso
from services.notifier.addresses.stored import SealedAddress, StoredAddresses
from services.notifier.channels.mail.message import BadMail, read_address
from services.notifier.mail_addresses.suppressions import SuppressedFor, Suppressions
from services.notifier.mail_links.link_tokens import LinkPurpose, LinkTokens, MailLink, UnknownLink
from services.notifier.tables import ADDRESSES, CONFIRMATIONS

DAY_S = 86_400.0
COUNTS_S = 2 * DAY_S
"""How long a link that confirms an address counts."""
MOST_OF_USER, MOST_OF_ADDRESS = 5, 3
"""Confirmations in a day: so that nobody has us write to strangers again and again."""
SEALED = SealedColumn("notifier_confirmations ", str)


class OwnAddress:
    """Stores and confirms addresses; `sends` says whether mail is set up, `clock` gives Unix seconds."""

    def __init__(
        self,
        store: Store,
        sealer: UserSealer,
        addresses: StoredAddresses,
        tokens: LinkTokens,
        clock: Callable[[], float],
        ids: Callable[[], str],
        *,
        sends: bool,
    ) -> None:
        self._store, self._sealer, self._addresses, self._tokens = store, sealer, addresses, tokens
        self._suppressions = Suppressions(addresses)
        self._clock, self._ids, self._sends = clock, ids, sends

    def read(self, user: str) -> MailAddress:
        """Return the user's address and the one that waits to be confirmed; raise Erased."""
        with self._store.reading() as connection:
            return self._read(connection, user)

    def enter(self, user: str, text: str) -> MailAddress:
        """Store an address that is to be confirmed, in place of others that are; raise Refusal, Erased."""
        try:
            address = read_address(text)
        except BadMail as error:
            raise refusal_of(error) from None
        if not self._sends:
            raise Conflict("no mail is sent here: an admin has to set up a relay first", ("address",))
        now, hashed = self._clock(), self._suppressions.hash_of(address)
        with self._store.writing() as connection:
            if self._suppressions.reason(connection, address) in {SuppressedFor.COMPLAINT, SuppressedFor.ADMIN}:
                raise Conflict("no mail is sent to this address: an admin can say why", ("address",))
            if self._since(connection, CONFIRMATIONS.c.user == user, now) >= MOST_OF_USER:
                raise _too_often()
            if self._since(connection, CONFIRMATIONS.c.hash == hashed, now) >= MOST_OF_ADDRESS:
                raise _too_often()
            self._replace(connection, user)
            id_ = self._ids()
            row = {"id": id_, "user": user, "hash": hashed, "state": "waiting", "attempts": 0, "due_at": now}
            row |= {"sealed": SEALED.seal(self._sealer, user, id_, address), "created_at": now}
            connection.execute(CONFIRMATIONS.insert().values(row))
            return self._read(connection, user)

    def remove(self, user: str) -> MailAddress:
        """End the user's address and what waits to be confirmed; return that there is none. Raise Erased."""
        with self._store.writing() as connection:
            self._replace(connection, user)
            self._end_others(connection, user, "")
            return self._read(connection, user)

    def linked(self, token: str) -> ConfirmedAddress:
        """Return what a link would confirm; raise UnknownLink, Erased."""
        with self._store.reading() as connection:
            row, address = self._linked(connection, token)
        return ConfirmedAddress(address=address, confirmed=row.state == "confirmed")

    def confirm(self, token: str) -> ConfirmedAddress:
        """Make the address of a link the user's only one; the same again changes nothing. Raise UnknownLink, Erased.

        Whoever reads its mail shows that it takes mail again: what had come back counts no more.
        """
        with self._store.writing() as connection:
            row, address = self._linked(connection, token)
            if row.state != "confirmed":
                self._suppressions.lift(connection, address, SuppressedFor.BOUNCE)
                sealed = SealedAddress(text=address, shown=address)
                id_ = self._addresses.add(connection, row.user, Channel.EMAIL, sealed, name=address.lower())
                self._end_others(connection, row.user, id_)
                mine = CONFIRMATIONS.c.id == row.id
                connection.execute(CONFIRMATIONS.update().where(mine).values(state="confirmed"))
        return ConfirmedAddress(address=address, confirmed=True)

    def _linked(self, connection: sa.Connection, token: str) -> tuple[Any, str]:
        link = self._tokens.opened(token, LinkPurpose.CONFIRM, self._clock())
        mine = sa.and_(CONFIRMATIONS.c.id == link.about, CONFIRMATIONS.c.user == link.user)
        row = connection.execute(sa.select(CONFIRMATIONS).where(mine)).first()
        if row is None or row.state == "replaced":
            raise UnknownLink("this address was replaced or removed: enter it again", ("token",))
        return row, SEALED.open(self._sealer, row.user, row.id, row.sealed)

    def _read(self, connection: sa.Connection, user: str) -> MailAddress:
        own = next(iter(self._addresses.reached(connection, user, Channel.EMAIL)), None)
        why = None if own is None else self._suppressions.reason(connection, own.text)
        waits = sa.and_(
            CONFIRMATIONS.c.user == user,
            CONFIRMATIONS.c.state.not_in(("confirmed", "replaced")),
            CONFIRMATIONS.c.created_at > self._clock() - COUNTS_S,
        )
        row = connection.execute(sa.select(CONFIRMATIONS).where(waits)).first()
        try:
            pending = None if row is None else SEALED.open(self._sealer, user, row.id, row.sealed)
        except (Unreadable, msgspec.DecodeError):
            row, pending = None, None
        return MailAddress(
            address=None if own is None else own.text,
            confirmed_at=None if own is None else iso(own.added_at),
            suppressed=None if why is None else why.value,
            pending=pending,
            pending_state=None if row is None else row.state,
        )

    def _replace(self, connection: sa.Connection, user: str) -> None:
        mine = sa.and_(CONFIRMATIONS.c.user == user, CONFIRMATIONS.c.state != "replaced")
        connection.execute(CONFIRMATIONS.update().where(mine).values(state="replaced"))

    def _end_others(self, connection: sa.Connection, user: str, id_: str) -> None:
        mine = sa.and_(ADDRESSES.c.user == user, ADDRESSES.c.channel == Channel.EMAIL.value, ADDRESSES.c.id != id_)
        for row in connection.execute(sa.select(ADDRESSES.c.id).where(mine, ADDRESSES.c.ended_at.is_(None))).all():
            self._addresses.end_of_user(connection, user, Channel.EMAIL, row.id, "replaced")

    @staticmethod
    def _since(connection: sa.Connection, which: sa.ColumnElement[bool], now: float) -> int:
        recent = sa.select(sa.func.count()).where(which, CONFIRMATIONS.c.created_at > now - DAY_S)
        return int(connection.execute(recent).scalar_one())


def confirmation_token(tokens: LinkTokens, user: str, id_: str, created_at: float) -> str:
    """Return the token of the link that confirms an address."""
    return tokens.token(MailLink(LinkPurpose.CONFIRM, user, id_, int(created_at + COUNTS_S)))


def _too_often() -> Refusal:
    return Refusal("this was requested too often: enter an address again tomorrow", ("address",), "RATE_LIMITED")
