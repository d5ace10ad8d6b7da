"""What root fields of the GraphQL API about notices take, against what they are charged: one unit is 10 µs of CPU time.

The modules' calls alone, on so many notices and slots, a tenth as many browsers and suppressed addresses.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.server.root_fields import UNIT_S, charged
from contracts.modules.profile import Channel
from contracts.paging import PageRequest
from services.notifier.module import NotifierModule
from services.notifier.tables import ADDRESSES, DELIVERIES, NOTICES, SUPPRESSIONS
from tests.services.notifier.world import World

NOTICES_THERE, USERS, UNKNOWN_OF, WAITING_OF, ROUNDS = 20_000, 500, 500, 100, 5
TABLE = Path(__file__).parents[2] / "tests" / "golden" / "root_costs.json"


def fill(world: World, number: int) -> None:
    """Store notices that were handed over, of which some wait and some are unknown, and what admins see beside."""
    slots, notices = [], []
    for each in range(number):
        state = "unknown" if each % UNKNOWN_OF == 0 else "delivered"
        one = {"user": f"user-{each % USERS}", "topic": "topic", "state": state}
        slots.append(
            one
            | {
                "notice": f"n{each}",
                "channel": "push",
                "attempts": 1,
                "reason": "",
                "started_at": each,
                "ended_at": each,
            }
        )
        state = "waiting" if each % WAITING_OF == 1 else "settled"
        times = {"release_at": each, "created_at": each, "arrived_at": each, "expires_at": 2e9}
        notices.append(
            one | times | {"id": f"n{each}", "critical": False, "state": state, "sealed": b"", "code": one["state"]}
        )
    hashes = [f"{each:016d}".encode() for each in range(number // 10)]
    browser = {"user": "user-1", "channel": Channel.PUSH.value, "sealed": b"", "added_at": 2e9, "reason": ""}
    with world.engine.begin() as connection:
        connection.execute(DELIVERIES.insert(), slots)
        connection.execute(NOTICES.insert(), notices)
        connection.execute(ADDRESSES.insert(), [browser | {"id": each.decode(), "hash": each} for each in hashes])
        connection.execute(
            SUPPRESSIONS.insert(), [{"hash": each, "reason": "bounce", "added_at": 1.0} for each in hashes]
        )


def calls(notifier: NotifierModule) -> dict[str, tuple[str, str, Callable[[], object]]]:
    """Return what answers each root field, by a title, with the operation and the field's name in the table."""
    page = PageRequest(first=50, where={})
    again = iter(range(0, ROUNDS * UNKNOWN_OF, UNKNOWN_OF))
    return {
        "deliveries, 50": ("query", "deliveries", lambda: notifier.deliveries(page)),
        "noticeHistory": ("query", "noticeHistory", lambda: notifier.delivery_history("n5")),
        "noticeCounts": ("query", "noticeCounts", notifier.notice_counts),
        "pushKeys": ("query", "pushKeys", notifier.push_keys),
        "suppressions, 50": ("query", "suppressions", lambda: notifier.suppressions(page)),
        "sendNoticeAgain": ("mutation", "sendNoticeAgain", lambda: notifier.hand_over_again(f"n{next(again)}")),
        "suppressAddress": ("mutation", "suppressAddress", lambda: notifier.suppress("ada@home.example")),
        "liftSuppression": ("mutation", "liftSuppression", lambda: _lift(notifier)),
    }


def _lift(notifier: NotifierModule) -> object:
    notifier.suppress("ada@home.example")
    return notifier.lift_suppression("ada@home.example")


def main() -> None:
    """Print a row for every call: the first and the least CPU time, what it is charged, and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notices", nargs="?", type=int, default=NOTICES_THERE)
    number, table = parser.parse_args().notices, json.loads(TABLE.read_text())
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder) / "home")
        fill(world, number)
        world.vapid.current(1e9)
        print(f"{'field':28}{'first, ms':>11}{'least, ms':>11}{'units':>9}{'charged : taken':>17}")
        for title, (operation, name, call) in calls(world.notifier).items():
            times = []
            for _ in range(ROUNDS):
                began = time.process_time()
                call()
                times.append(time.process_time() - began)
            units, least = charged(table[operation], name), min(times)
            ratio = units * UNIT_S / max(least, UNIT_S)
            print(f"{title:28}{times[0] * 1e3:11.1f}{least * 1e3:11.1f}{units:9,}{ratio:17.1f}")
        world.close()


if __name__ == "__main__":
    main()
