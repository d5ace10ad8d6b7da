"""A receiver, and the module on a home of its own, on each kind of database or on SQLite alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.integrations.receiver_peer import ReceiverPeer, receiving
from tests.services.integrations.webhooks.webhook_world import WebhookWorld


@pytest.fixture(scope="session")
def _listening() -> Iterator[ReceiverPeer]:
    """One receiver for all tests of the folder."""
    with receiving() as made:
        yield made


@pytest.fixture
def receiver(_listening: ReceiverPeer) -> ReceiverPeer:
    """A receiver that takes everything and has nothing yet."""
    _listening.answers.clear()
    _listening.received.clear()
    return _listening


@pytest.fixture
def hooks(tmp_path: Path, receiver: ReceiverPeer, database_url: str) -> Iterator[WebhookWorld]:
    """The module without a webhook, on each kind of database."""
    made = WebhookWorld(tmp_path / "home", receiver, database_url)
    yield made
    made.close()


@pytest.fixture
def here(tmp_path: Path, receiver: ReceiverPeer) -> Iterator[WebhookWorld]:
    """The same on SQLite alone."""
    made = WebhookWorld(tmp_path / "home", receiver)
    yield made
    made.close()
