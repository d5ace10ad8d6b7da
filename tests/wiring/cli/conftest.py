"""Commands in the test's own process leave no process of theirs behind."""

import pytest

from wiring.operations import chain


@pytest.fixture(autouse=True)
def _no_recorder(monkeypatch: pytest.MonkeyPatch) -> None:
    """What they made stays queued: tests of the recorder start it."""
    monkeypatch.setattr(chain, "start_recorder", lambda _home: None)
