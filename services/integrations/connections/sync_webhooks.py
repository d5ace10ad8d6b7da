"""Webhooks in: a signed message to a connection's own address has it read soon, and does nothing else."""

import hashlib
from collections.abc import Callable
from typing import Any

import msgspec
import sqlalchemy as sa

from contracts.integrations.connections import SignedMessage, SyncMessageReceipt, SyncWebhook
from contracts.modules.sealing import Unreadable
from contracts.refusals import Conflict, NotFound, Refusal
from kit.http.webhook_signatures import BadSignature, verify
from kit.signed_messages import SIGNED, new_secret, signing_key
from kit.sql.store import Store
from kit.times import iso, iso_if_known
from services.integrations.connections.stored import delete_webhook, row_of
from services.integrations.connections.waking import wake
from services.integrations.tables import CONNECTIONS, SYNC_MESSAGES, SYNC_WEBHOOKS
from services.integrations.vault.vault import Place, Vault

PATH = "/webhooks/connections"
FIELD = "webhook"
"""What the column of the secrets is called in the vault."""
OLD_SECRET_S = 86_400.0
"""How long the secret before a rotation counts too."""
MOST_A_MINUTE, MOST_A_DAY = 60, 2_000
LONGEST_ID = 200


class _Secrets(msgspec.Struct, frozen=True):
    """What the vault holds of a webhook."""

    secret: str
    old_secret: str | None = None


class SyncWebhooks:
    """Webhooks of connections on one store; `clock` gives Unix seconds."""

    def __init__(
        self, store: Store, vault: Vault, clock: Callable[[], float], random_bytes: Callable[[int], bytes]
    ) -> None:
        self._store, self._vault, self._clock, self._random_bytes = store, vault, clock, random_bytes

    def make(self, user: str, id_: str) -> SyncWebhook:
        """Return the webhook of a connection with another secret than before; raise NotFound, Conflict, Unavailable.

        It is sealed before the transaction: the key may come from a service, which no writer waits for.
        """
        secret, now = new_secret(self._random_bytes), self._clock()
        with self._store.reading() as connection:
            owner, before = row_of(connection, user, id_), _row(connection, id_)
        old = None if before is None else self._opened(owner, before).secret
        sealed = self._vault.seal(_place(owner), msgspec.json.encode(_Secrets(secret, old)))
        values: dict[str, Any] = {"kek": sealed.kek, "data_key": sealed.data_key, "sealed": sealed.sealed}
        values["old_until"] = None if old is None else now + OLD_SECRET_S
        with self._store.writing() as connection:
            row_of(connection, user, id_)
            current = _row(connection, id_)
            if (current and current.sealed) != (before and before.sealed):
                raise Conflict("this webhook was given another secret meanwhile: look at it again", ("connection",))
            if current is None:
                connection.execute(SYNC_WEBHOOKS.insert(), {"id": id_, "user": user, "made_at": now, **values})
            else:
                connection.execute(SYNC_WEBHOOKS.update().where(SYNC_WEBHOOKS.c.id == id_).values(values))
        return SyncWebhook(path=f"{PATH}/{id_}", secret=secret, old_until=iso_if_known(values["old_until"]))

    def remove(self, user: str, id_: str) -> None:
        """Delete the webhook of a connection; raise NotFound for none."""
        with self._store.writing() as connection:
            row_of(connection, user, id_)
            if _row(connection, id_) is None:
                raise NotFound("this connection has no webhook", ("connection",))
            delete_webhook(connection, id_)

    def take(self, id_: str, message: SignedMessage) -> SyncMessageReceipt:
        """Have the connection read soon; return the first receipt of a message that came before.

        Raise BadSignature, Conflict for another body under the same id, RATE_LIMITED for too many.
        """
        now = self._clock()
        name = self._verified(id_, message, now)
        digest = hashlib.sha256(message.body).hexdigest()
        with self._store.writing() as connection:
            chosen = SYNC_MESSAGES.c.webhook == id_, SYNC_MESSAGES.c.message == name
            before = connection.execute(sa.select(SYNC_MESSAGES).where(*chosen)).first()
            if before is not None:
                if before.hash != digest:
                    raise Conflict("this id came with another body: send a new message under a new id")
                return SyncMessageReceipt(id=name, received_at=iso(before.received_at))
            webhook = _row(connection, id_)
            if webhook is None:
                raise BadSignature("the signature does not hold, or the webhook was removed")
            self._check_budget(connection, id_, now)
            row = {"webhook": id_, "message": name, "user": webhook.user, "hash": digest, "received_at": now}
            connection.execute(SYNC_MESSAGES.insert(), row)
            wake(connection, id_, now)
        return SyncMessageReceipt(id=name, received_at=iso(now))

    def _verified(self, id_: str, message: SignedMessage, now: float) -> str:
        """The id of a message that is signed; raise BadSignature, for a connection without a webhook alike."""
        with self._store.reading() as connection:
            webhook = _row(connection, id_)
            owner = connection.execute(sa.select(CONNECTIONS).where(CONNECTIONS.c.id == id_)).first()
        keys = list[bytes]()
        if webhook is not None and owner is not None:
            try:
                secrets = self._opened(owner, webhook)
            except Unreadable:
                raise BadSignature("the signature does not hold, or the message is too old") from None
            keys.append(signing_key(secrets.secret))
            if secrets.old_secret is not None and webhook.old_until is not None and now < webhook.old_until:
                keys.append(signing_key(secrets.old_secret))
        headers = dict(zip(SIGNED, (message.id, message.timestamp, message.signature), strict=True))
        name = verify(keys, headers, message.body, now)
        if len(name) > LONGEST_ID:
            raise BadSignature("the signature does not hold, or the message's id is too long")
        return name

    def _check_budget(self, connection: sa.Connection, id_: str, now: float) -> None:
        for span_s, most in ((60.0, MOST_A_MINUTE), (86_400.0, MOST_A_DAY)):
            lately = SYNC_MESSAGES.c.webhook == id_, SYNC_MESSAGES.c.received_at > now - span_s
            count = sa.select(sa.func.count()).select_from(SYNC_MESSAGES).where(*lately)
            if connection.execute(count).scalar_one() >= most:
                says = f"{MOST_A_MINUTE} messages a minute and {MOST_A_DAY} a day are the most: send fewer"
                raise Refusal(says, code="RATE_LIMITED")

    def _opened(self, owner: Any, webhook: Any) -> _Secrets:
        content = self._vault.open(_place(owner), webhook.data_key, webhook.sealed)
        return msgspec.json.decode(content, type=_Secrets)


def _row(connection: sa.Connection, id_: str) -> Any:
    return connection.execute(sa.select(SYNC_WEBHOOKS).where(SYNC_WEBHOOKS.c.id == id_)).first()


def _place(owner: Any) -> Place:
    return Place(owner.user, owner.provider, owner.id, FIELD)
