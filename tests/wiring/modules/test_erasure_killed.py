"""Erasing by a process that is killed again and again, and grants whose holder is away meanwhile."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from contracts.modules.profile import Profile, Purpose
from contracts.refusals import Unavailable
from resources.privacy.erasure_ledger import open_ledger
from services.profile.tables import RECEIPTS
from tests.byte_search import found
from tests.deadline import DEADLINE_S
from tests.wiring.served_home import CANARY, ServedHome
from wiring.modules.erasure import AllGrants
from wiring.modules.retention import policies

ROOT = Path(__file__).parents[3]
ROUNDS, USERS = 5, 3


def _started(home: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.wiring.modules.erasing_process", str(home)]
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "erasing\n"
    return child


def _killed(child: "subprocess.Popen[str]") -> None:
    child.kill()
    child.wait(DEADLINE_S)
    assert child.stdout is not None
    child.stdout.close()


def _fill(bench: ServedHome, user: str) -> None:
    bench.modules.service("profile").put_profile(user, Profile(name=f"{CANARY} {user}"), 0)
    for purpose in (Purpose.PUSH, Purpose.IMPROVE):
        bench.modules.service("profile").decide(user, purpose, given=True, version=1, channel="session")


@pytest.mark.slow
def test_kills_at_any_moment_leave_nothing_half_erased(tmp_path: Path) -> None:
    """Seeded SIGKILLs among the steps: in the end every erasure is done once, with a receipt a module, and no byte."""
    random_bytes = random.Random(7)  # noqa: S311  # a seeded course of faults
    bench = ServedHome(tmp_path / "home")
    erased: list[str] = []
    for _ in range(ROUNDS):
        child = _started(tmp_path / "home")
        for _ in range(USERS):
            user = bench.person()[0]
            _fill(bench, user)
            bench.modules.erasure.saga.erase(user, "self")
            erased.append(user)
        time.sleep(random_bytes.random() * 0.7)  # when it is killed, not what is waited for
        _killed(child)
    child = _started(tmp_path / "home")
    until = time.monotonic() + DEADLINE_S
    while not all(erasure.done_at for erasure in bench.modules.erasure.saga.erasures()):
        assert time.monotonic() < until, bench.modules.erasure.saga.erasures()
        time.sleep(0.05)
    _killed(child)
    bench.modules.erasure.saga.step()
    with bench.database.connect() as connection:
        receipts = connection.execute(sa.select(sa.func.count()).select_from(RECEIPTS)).scalar_one()
    modules = len({policy.name for policy in policies(bench.settings, bench.database)})
    assert receipts == len(erased) * modules
    assert len(list(open_ledger(bench.settings.home).lines())) == len(erased) == ROUNDS * USERS
    assert found(tmp_path / "home", [CANARY.encode(), *(user.encode() for user in erased)]) == {}
    bench.database.dispose()


class Grant:
    """A holder of one grant, which is away for the first `away` calls."""

    def __init__(self, away: int = 0) -> None:
        self.left, self.is_held = away, True

    def held(self, _: str) -> bool:
        """Return whether it is held yet; raise Unavailable."""
        self._call()
        return self.is_held

    def take_back(self, _: str) -> bool:
        """End it; raise Unavailable."""
        self._call()
        self.is_held = False
        return True

    def _call(self) -> None:
        if self.left:
            self.left -= 1
            raise Unavailable("away")


def test_a_holder_that_is_away_holds_up_no_other_and_is_not_forgotten() -> None:
    """It counts as one that holds a grant; the others' are ended, and it is tried again."""
    away, there = Grant(away=2), Grant()
    grants = AllGrants((away, there))
    assert grants.held("user-a")
    with pytest.raises(Unavailable):
        grants.take_back("user-a")
    assert (away.is_held, there.is_held) == (True, False)
    assert grants.take_back("user-a")
    assert not grants.held("user-a")
    assert not AllGrants(()).held("user-a")
