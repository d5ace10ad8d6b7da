"""Signed messages of answers: each id counts once, its effect and its receipt are stored together."""

import hashlib
from collections.abc import Callable
from typing import Any

import msgspec
import sqlalchemy as sa

from contracts.judging import Receipt
from contracts.refusals import Conflict, InvalidInput
from core.benchmark.records import Record
from kit.sql.sessions import reading
from kit.tables.encoding import NotText, utf8
from kit.tables.loose_json import LooseJson, NotJson
from resources.bench_context import BenchContext
from resources.judging.receiving.bodies import ReceivedBodies
from resources.judging.rounds.inbox_writer import InboxWriter
from resources.judging.rounds.preconditions import open_state, storing
from resources.judging.upload_limits import SMALLEST_MESSAGE, largest_upload, refuse_messages_over_quota, round_start
from resources.sql.tables import WEBHOOKS

RETENTION_S = 14 * 24 * 3600
LONGEST_ID = 256
NO_MESSAGE = 'the body is no message of answers: write {"experiment": NAME, "answers": [ANSWER, ...]}'


class WebhookMessage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The message that a judge's program sends."""

    experiment: str
    answers: list[dict[str, Any]]


class Webhooks:
    """Implements contracts.judging.ScoreMessages: the table of messages, and taking one."""

    def __init__(
        self,
        bench: BenchContext,
        engine: sa.Engine,
        *,
        clock: Callable[[], float],
        random_bytes: Callable[[int], bytes],
    ) -> None:
        self._home, self._engine, self._clock = bench.home, engine, clock
        self._bodies = ReceivedBodies(bench.home, random_bytes)

    @storing()
    def take(self, endpoint: str, message_id: str, body: bytes) -> Receipt:
        """Return the receipt of a message, the first one if it comes again; a rejected one may come again corrected.

        Raise InvalidInput for a body that is no message, Conflict for another body under the id, QuotaUsed for one
        message too many.
        """
        if not 0 < len(message_id) <= LONGEST_ID:
            raise InvalidInput(f"the message id has 1 to {LONGEST_ID} characters", ("id",))
        digest = hashlib.sha256(body).hexdigest()
        with reading(self._engine) as connection:
            known = self._known(connection, endpoint, message_id, digest)
        if known is not None:
            return known
        message, read_over = _message(body)
        state = open_state(self._home, message.experiment)
        with self._bodies.holding(msgspec.json.Encoder().encode_lines(message.answers)) as lines:
            writer = InboxWriter(self._home, state.pinned(), lines, None, read_over)
            return writer.problems or self._store(endpoint, message_id, digest, writer, state.records)

    def _store(
        self, endpoint: str, message_id: str, digest: str, writer: InboxWriter, records: list[Record]
    ) -> Receipt:
        """Return the receipt of this message, or of the same one that another transaction has stored meanwhile."""
        try:
            return self._placed(endpoint, message_id, digest, writer, records)
        except sa.exc.IntegrityError as error:  # on PostgreSQL, where the insert waited for the other's commit
            with reading(self._engine) as connection:
                known = self._known(connection, endpoint, message_id, digest)
            if known is None:
                raise Conflict("this message is being taken already: send it again", ("id",)) from error
            return known

    def _placed(
        self, endpoint: str, message_id: str, digest: str, writer: InboxWriter, records: list[Record]
    ) -> Receipt:
        """Place the file and store the id in one transaction; the next try repairs a crash between the two."""
        with self._engine.begin() as connection:
            known = self._known(connection, endpoint, message_id, digest)
            if known is not None:
                return known
            connection.execute(WEBHOOKS.delete().where(WEBHOOKS.c.at < self._clock() - RETENTION_S))
            size = max(writer.size, SMALLEST_MESSAGE)
            self._refuse_over_quota(connection, writer.receipt, size, records)
            row = {
                "endpoint": endpoint,
                "message_id": message_id,
                "body_hash": digest,
                "receipt": msgspec.json.encode(writer.receipt).decode(),
                "at": self._clock(),
                "experiment": writer.receipt.experiment,
                "judge": writer.receipt.judge,
                "size": size,
            }
            connection.execute(WEBHOOKS.insert().values(row))
            writer.place("webhook", self._clock())
        return writer.receipt

    def _refuse_over_quota(self, connection: sa.Connection, receipt: Receipt, size: int, records: list[Record]) -> None:
        """Raise QuotaUsed where a judge's message is one too many in its round, without one in 14 days."""
        judge = receipt.judge or ""
        start = max(round_start(records, judge), self._clock() - RETENTION_S)
        own = (WEBHOOKS.c.experiment == receipt.experiment, WEBHOOKS.c.judge == judge, WEBHOOKS.c.at >= start)
        taken = sa.select(sa.func.coalesce(sa.func.sum(WEBHOOKS.c.size), 0)).where(*own)
        total = int(connection.execute(taken).scalar_one()) + size
        refuse_messages_over_quota(total, largest_upload(self._home, receipt.experiment, judge))

    def _known(self, connection: sa.Connection, endpoint: str, message_id: str, digest: str) -> Receipt | None:
        own = (WEBHOOKS.c.endpoint == endpoint, WEBHOOKS.c.message_id == message_id)
        query = sa.select(WEBHOOKS).where(*own, WEBHOOKS.c.at >= self._clock() - RETENTION_S)
        row = connection.execute(query).first()
        if row is None:
            return None
        if row.body_hash != digest:
            raise Conflict("another body came under this message id", ("id",))
        return msgspec.json.decode(row.receipt, type=Receipt)


def _message(body: bytes) -> tuple[WebhookMessage, list[str]]:
    """Return the message in a body, read as tolerantly as a file, and what was read over; raise InvalidInput."""
    try:
        return msgspec.json.decode(body, type=WebhookMessage), []
    except msgspec.ValidationError as error:
        raise InvalidInput(NO_MESSAGE, ("body",)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass  # read below, where what stands around it is read over
    try:
        loose = LooseJson(utf8(body))
        values = [value for _, value in loose]
        if len(values) == 1:
            return msgspec.convert(values[0], WebhookMessage), loose.read_over
    except (NotText, NotJson) as error:
        raise InvalidInput(f"{NO_MESSAGE}; line {error.line}: {error}", ("body",)) from error
    except msgspec.ValidationError as error:
        raise InvalidInput(NO_MESSAGE, ("body",)) from error
    raise InvalidInput(NO_MESSAGE, ("body",))
