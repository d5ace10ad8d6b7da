import logging
import threading
import time
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from resources.privacy.user_keys import UserKeys
from services.events.delivery import worker as worker_module
from services.events.delivery.wake import wake_after_commit
from services.events.delivery.worker import DeliveryWorker
from tests.deadline import DEADLINE_S
from tests.services.events.world import RecordingConsumer, World, rated


def _until(done: Callable[[], bool]) -> None:
    until = time.monotonic() + DEADLINE_S
    while not done():
        assert time.monotonic() < until, "what was waited for did not come"
        time.sleep(0.002)


def test_it_goes_on_after_whatever_a_step_raises(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The log has the class of the error, never its text, which may hold what is personal."""
    monkeypatch.setattr(worker_module, "AFTER_FAILURE_S", 0.001)
    caplog.set_level(logging.WARNING)
    steps: list[int] = []

    def step() -> int:
        steps.append(1)
        if len(steps) < 3:
            raise RuntimeError("CANARY")
        return 0

    worker = DeliveryWorker(step, "test", waits=True)
    worker.start()
    _until(lambda: len(steps) > 3)
    worker.stop()
    assert "the delivery test waits: RuntimeError" in caplog.text
    assert "CANARY" not in caplog.text


def test_it_drains_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is left is moved, for as long as the time given lasts."""
    monkeypatch.setattr(worker_module, "IDLE_S", DEADLINE_S)
    left: list[int] = []
    looked = threading.Event()

    def step() -> int:
        looked.set()
        return left.pop() if left else 0

    worker = DeliveryWorker(step, "test")
    worker.start()
    assert looked.wait(DEADLINE_S)
    left.extend([1, 1, 1])
    worker.stop(drain_s=DEADLINE_S)
    assert left == []


def test_a_step_that_does_not_end_is_told() -> None:
    """Rather than waited for without an end."""
    held, begun = threading.Event(), threading.Event()

    def step() -> int:
        begun.set()
        held.wait(DEADLINE_S)
        return 0

    worker = DeliveryWorker(step, "test")
    worker.start()
    assert begun.wait(DEADLINE_S)
    with pytest.raises(TimeoutError, match="the delivery test did not end"):
        worker.stop(within_s=0.01)
    held.set()


def test_a_commit_wakes_it(monkeypatch: pytest.MonkeyPatch, engine: sa.Engine, keys: UserKeys) -> None:
    """Long before its tick; a transaction that published nothing does not."""
    monkeypatch.setattr(worker_module, "IDLE_S", DEADLINE_S)
    world, steps = World(engine, keys, [RecordingConsumer()], None), []

    def step() -> int:
        moved = world.dispatcher.step()
        steps.append(moved)
        return moved

    worker = DeliveryWorker(step, "test")
    wake_after_commit(engine, worker.wake)
    worker.start()
    _until(lambda: steps == [0])
    with engine.begin() as connection:
        connection.exec_driver_sql("SELECT 1")
    world.publish(rated("1"))
    _until(lambda: steps == [0, 1, 0])
    assert world.effects() == ["1"]
    worker.stop()
