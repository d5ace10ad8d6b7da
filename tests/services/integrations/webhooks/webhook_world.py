"""The module with a receiver of webhooks beside it, and the worker that sends; the clock begins at the real time."""

import time
import uuid
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from contracts.integrations.webhooks import MessageView, SecretWebhook, WebhookEvent, WebhookView
from contracts.modules.events import Event, Payload
from contracts.paging import PageRequest
from contracts.payloads import LeaderboardPublishedV1
from kit.egress.transport import Limits
from kit.times import iso
from services.events.delivery.dispatcher import Dispatcher
from services.events.inbox import Inbox
from services.integrations.store import integrations_store
from services.integrations.vault.vault import Vault
from services.integrations.webhooks.admin_notices import AdminNotices
from services.integrations.webhooks.delivery_worker import WebhookWorker
from services.integrations.webhooks.event_intake import WebhookIntake
from services.integrations.webhooks.message_queue import MessageQueue
from services.integrations.webhooks.sender import LIMITS
from tests.services.integrations.calendar_peer import CalendarPeer
from tests.services.integrations.receiver_peer import ReceiverPeer
from tests.services.integrations.world import World

PATIENT = Limits(total_s=300.0, body=LIMITS.body)
"""A busy machine may take its time; what an answer may cost in bytes is as ever."""
ADMINS = ["admin-a", "admin-b"]
PUBLISHED = LeaderboardPublishedV1(experiment="tip-bench-a", data_hash="a" * 64, published_at="2027-01-15T08:00:00Z")


class WebhookWorld(World):
    """`receiver` is an exception of the settings; retries come at their latest."""

    def __init__(self, root: Path, receiver: ReceiverPeer, url: str | None = None) -> None:
        self.receiver = receiver
        super().__init__(root, CalendarPeer({}, port=receiver.port), url)
        self.now = time.time()  # by which the package standardwebhooks looks at timestamps
        self.intake = WebhookIntake(self.clock, lambda: str(uuid.uuid4()))
        self.dispatcher = Dispatcher(self.engine, [Inbox(self.intake, self.codec)], clock=self.clock)
        self.worker = self.new_worker()

    def new_worker(self) -> WebhookWorker:
        """Return a worker as another process has it."""
        notices = AdminNotices(self.context(), lambda: ADMINS)
        queue = MessageQueue(integrations_store(self.engine), self.clock, notices, lambda: 0.0)
        return WebhookWorker(queue, Vault(self.keys), self.clock, self.context().egress_exceptions, PATIENT)

    def make(self, path: str = "/hook", *events: WebhookEvent, label: str = "ours") -> SecretWebhook:
        """Make a webhook to a path of the receiver, of all events where none are named."""
        return self.integrations.make_webhook(self.receiver.url(path), events or list(WebhookEvent), label, "admin-a")

    def publish(self, data: Payload = PUBLISHED) -> Event:
        """Publish an event, and deliver it to the module."""
        event = Event(id=str(uuid.uuid4()), source="/benchmark", time=iso(self.now), data=data)
        with self.engine.begin() as connection:
            self.context().bus.publish(connection, event)
        self.deliver()
        return event

    def deliver(self) -> None:
        """Deliver what waits in the outbox."""
        while self.dispatcher.step():
            pass

    def send(self) -> None:
        """Send what is due, until the worker has nothing under way."""
        while self.worker.step():
            pass

    def only(self) -> WebhookView:
        """Return the one webhook."""
        (webhook,) = self.integrations.webhooks()
        return webhook

    def messages(self, **where: str) -> list[MessageView]:
        """Return messages, newest first."""
        return self.integrations.webhook_messages(PageRequest(where=dict(where))).rows

    def execute(self, statement: Any) -> Any:
        """Have a statement in a transaction of its own."""
        with self.engine.begin() as connection:
            return connection.execute(statement)

    def close(self) -> None:
        """Close the worker and the stores."""
        self.worker.close()
        super().close()


def all_of(table: sa.Table) -> sa.Select[Any]:
    """Return the query of all rows."""
    return sa.select(table)
