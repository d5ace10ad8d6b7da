"""Keys are rotated under connections that go on, and no key goes that is needed."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from kit.sql.sessions import reading
from services.integrations.health import vault_faults
from services.integrations.store import integrations_store
from services.integrations.tables import CONNECTIONS
from services.integrations.vault.encryption_keys import EncryptionKey, EncryptionKeys
from services.integrations.vault.rotation import KeyInUse, destroy, rewrap_all, rotate
from tests.deadline import DEADLINE_S
from tests.services.integrations.calendar_peer import calendar, event, tagged
from tests.services.integrations.vault.reading import put_secrets, read_all
from tests.services.integrations.world import World

MEETING = event("m", ":20270115T100000Z", ":20270115T110000Z", SUMMARY="Review")
ROOT = Path(__file__).parents[4]
SECRETS, ROTATIONS, THREADS = 210, 3, 3
"""More secrets than one transaction of a rotation wraps anew."""
PATHS = ("/a.ics", "/b.ics", "/c.ics")


def _grants(world: World) -> list[tuple[str, bytes]]:
    with reading(world.engine) as connection:
        chosen = sa.select(CONNECTIONS.c.kek, CONNECTIONS.c.grant).order_by(
            CONNECTIONS.c.connected_at, CONNECTIONS.c.id
        )
        return [tuple(row) for row in connection.execute(chosen)]


def test_a_rotation_wraps_all_and_changes_no_secret(world: World) -> None:
    """Every connection reads on, in a process that knew the old key too; of three keys the oldest is destroyed."""
    for path in PATHS:
        world.peer.answers[path] = tagged(calendar(MEETING))
        world.connect(path)
    store, before, first = integrations_store(world.engine), _grants(world), world.keys.newest().id
    said = rotate(store, EncryptionKeys(world.home.keys), world.now + 1)
    newest = world.keys.ids()[-1]
    assert said == f"{newest}: 3 data keys wrapped by it"
    assert _grants(world) == [(newest, grant) for _, grant in before]
    assert world.keys.ids() == [first, newest]
    again = rotate(store, EncryptionKeys(world.home.keys), world.now + 2)
    assert "3 data keys" in again
    assert len(world.keys.ids()) == 2
    assert first not in world.keys.ids()
    for made in world.integrations.connections("user-a").connections:
        assert world.integrations.sync("user-a", made.id).last_sync is not None
    assert dict(vault_faults(world.engine)) == {"vault": ""}


def test_a_rotation_that_was_cut_off_is_gone_on_with(here: World) -> None:
    """A new key without a rewrap: what is old is said, a second pass wraps it, and a third finds nothing."""
    for path in PATHS:
        here.peer.answers[path] = tagged(calendar(MEETING))
        here.connect(path)
    store, old = integrations_store(here.engine), here.keys.newest().id
    here.keys.make(here.now + 1)
    here.peer.answers["/d.ics"] = tagged(calendar(MEETING))
    here.connect("/d.ics")
    assert dict(vault_faults(here.engine))["vault"].startswith("3 data keys wrapped by an older key")
    with pytest.raises(KeyInUse, match="wraps 3 data keys"):
        destroy(store, here.keys, old)
    assert here.keys.ids()[0] == old
    assert [rewrap_all(store, here.keys) for _ in range(2)] == [3, 0]
    destroy(store, here.keys, old)
    assert dict(vault_faults(here.engine)) == {"vault": ""}


def test_a_key_that_is_missing_is_said(here: World) -> None:
    """With its id and how many secrets it takes along; the server goes on, and what it wraps cannot be opened."""
    here.peer.answers["/a.ics"] = tagged(calendar(MEETING))
    here.connect("/a.ics")
    lost = here.keys.newest().id
    assert dict(vault_faults(here.engine, there=here.keys.ids())) == {"vault": ""}
    here.keys.destroy(lost)
    said = dict(vault_faults(here.engine, there=here.keys.ids()))["vault"]
    assert said == f"1 secret cannot be opened without {lost}: bring that key back from the backup of keys"


def test_a_key_that_a_service_wrapped_wants_that_service(here: World) -> None:
    """No backup is of help where the settings lack the service; where a file is missing too, the backup is named."""
    here.peer.answers["/a.ics"] = tagged(calendar(MEETING))
    here.connect("/a.ics")
    own = here.keys.newest().id
    file = here.home.keys / f"vault-{own}.key"
    file.rename(file.with_suffix(".wrapped"))
    keys = EncryptionKeys(here.home.keys)
    assert (keys.ids(), keys.of_no_service()) == ([], [own])
    said = dict(vault_faults(here.engine, there=keys.ids(), wrapped=keys.of_no_service()))["vault"]
    assert said.startswith(f"1 secret cannot be opened without {own}: a key management service wraps")
    assert said.endswith("name that service in [integrations.kms]")
    assert "backup" in dict(vault_faults(here.engine, there=[], wrapped=["another"]))["vault"]


def test_a_home_without_connections_is_rotated(here: World) -> None:
    """There is a new key, and nothing to wrap."""
    assert rotate(integrations_store(here.engine), here.keys, here.now + 1).endswith("0 data keys wrapped by it")


def test_keys_that_are_given_take_over_and_are_never_made(here: World) -> None:
    """A file's secrets are wrapped by the newest that the operator gives, which no rotation destroys or adds to."""
    here.peer.answers["/a.ics"] = tagged(calendar(MEETING))
    here.connect("/a.ics")
    store, file = integrations_store(here.engine), here.keys.newest().id
    given = [EncryptionKey(name, name.encode() * 16) for name in ("k1", "k2")]
    assert rotate(store, EncryptionKeys(here.home.keys, given[:1]), here.now) == "k1: 1 data key wrapped by it"
    assert dict(vault_faults(here.engine, "k2"))["vault"].startswith("1 data key wrapped")
    keys = EncryptionKeys(here.home.keys, given)
    assert rotate(store, keys, here.now) == "k2: 1 data key wrapped by it"
    assert (keys.ids(), EncryptionKeys(here.home.keys).ids()) == (["k1", "k2"], []), f"{file} wraps nothing any more"
    made = here.integrations.connections("user-a").connections[0]
    assert here.module(keys).sync("user-a", made.id).last_sync is not None


class _Readers:
    """Threads that open all secrets again and again, half of the times by a module that knows no key yet."""

    def __init__(self, world: World) -> None:
        self._world, self._ends, self._passes = world, threading.Event(), threading.Condition()
        self._done = dict.fromkeys(range(THREADS), 0)

    def read(self, number: int) -> None:
        """Open until the end; whatever is raised ends the waiting of the others too."""
        try:
            while not self._ends.is_set():
                assert read_all(self._world, self._world.integrations) == SECRETS
                assert read_all(self._world, self._world.module()) == SECRETS
                with self._passes:
                    self._done[number] += 1
                    self._passes.notify_all()
        finally:
            self.end()

    def wait(self) -> None:
        """Return once each has opened all that it began from now on, or one of them failed."""
        with self._passes:
            wanted = {number: done + 2 for number, done in self._done.items()}
            self._passes.wait_for(
                lambda: self._ends.is_set() or all(self._done[each] >= wanted[each] for each in wanted), DEADLINE_S
            )

    def end(self) -> None:
        """Let them end with their pass."""
        self._ends.set()
        with self._passes:
            self._passes.notify_all()


@pytest.mark.slow
def test_keys_are_rotated_under_readers(here: World) -> None:
    """Threads and another process open each secret as its own throughout, over keys that were destroyed meanwhile."""
    put_secrets(here, SECRETS)
    store, first, readers = integrations_store(here.engine), here.keys.newest().id, _Readers(here)
    command = [sys.executable, "-m", "tests.services.integrations.vault.reading_process"]
    with (
        subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other,
        ThreadPoolExecutor(THREADS) as threads,
    ):
        assert other.stdin is not None
        assert other.stdout is not None
        print(here.home.root, file=other.stdin, flush=True)
        assert other.stdout.readline() == f"{SECRETS}\n"
        reading = [threads.submit(readers.read, number) for number in range(THREADS)]
        for number in range(1, ROTATIONS + 1):
            print(2, file=other.stdin, flush=True)
            rotate(store, EncryptionKeys(here.home.keys), here.now + number)
            readers.wait()
            assert other.stdout.readline() == "2\n"
        readers.end()
        for each in reading:
            each.result(DEADLINE_S)
        other.stdin.close()
        assert other.wait(DEADLINE_S) == 0
    assert first not in here.keys.ids()
    assert len(here.keys.ids()) == 2
