"""A week of notices in advance for 1,000 users with 35 notices each."""

import argparse
import time
from datetime import datetime
from random import Random
from zoneinfo import ZoneInfo

from contracts.modules.profile import Caps, Channel, Preferences, Quiet
from kit.timing.quiet_hours import DAYS
from services.notifier.timing.decision import DueNotice, Recipient, Verdict
from services.notifier.timing.week import WEEK_S, Foreseen, PlannedNotice, week_of

USERS, NOTICES, GOAL_S = 1_000, 35, 10
START = 1_800_000_000.0
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Africa/Casablanca", "UTC")
NIGHTS = ("21:00", "22:00", "22:30", "23:00", "00:00")
MORNINGS = ("06:00", "06:30", "07:00", "08:15")
WALL_TIMES = 1_000_000


def person(chance: Random) -> Recipient:
    """A user with nights, a quiet noon here and there, and caps that are often reached."""
    night = (chance.choice(NIGHTS), chance.choice(MORNINGS))
    quiet = [Quiet(day, *night) for day in DAYS]
    quiet += [Quiet(day, "12:00", "13:30") for day in chance.sample(DAYS, chance.randrange(5))]
    preferences = Preferences(
        time_zone=chance.choice(ZONES),
        channels=(Channel.PUSH, Channel.EMAIL),
        quiet=tuple(quiet),
        caps=Caps(per_24h=chance.randrange(2, 9), per_day=chance.randrange(2, 9), per_topic=chance.randrange(1, 4)),
    )
    return Recipient(preferences=preferences, agreed=frozenset(Channel))


def notices(chance: Random, user: int) -> list[PlannedNotice]:
    """The notices of a week, at any time of it."""
    made = []
    for number in range(NOTICES):
        at = START + chance.random() * WEEK_S
        topic = chance.choice(("sleep", "work", "food", "sport"))
        expires_at = at + chance.choice((1, 3, 14)) * 86_400.0
        notice = DueNotice(id=f"{user}-{number}", topic=topic, critical=chance.random() < 0.02, expires_at=expires_at)
        made.append(PlannedNotice(notice=notice, at=at))
    return made


def weeks(users: int) -> tuple[float, list[Foreseen]]:
    """Foresee a week of so many users: CPU seconds and everything that was foreseen."""
    chance = Random(17)  # noqa: S311  # a seeded course
    people = [(person(chance), notices(chance, number)) for number in range(users)]
    began, found = time.process_time(), list[Foreseen]()
    for who, planned in people:
        found += week_of(planned, who, START, jitter_s=600.0)
    return time.process_time() - began, found


def wall_clock_s() -> float:
    """The limit of the same run: CPU seconds of a million instants read on a wall clock, the least that is needed."""
    zone, began = ZoneInfo(ZONES[0]), time.process_time()
    for second in range(WALL_TIMES):
        datetime.fromtimestamp(START + second, zone)
    return time.process_time() - began


def main() -> None:
    """Print one line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("users", nargs="?", type=int, default=USERS)
    users = parser.parse_args().users
    limit, (cpu_s, found) = wall_clock_s(), weeks(users)
    counts = ", ".join(f"{sum(each.verdict is verdict for each in found):,} {verdict.value}" for verdict in Verdict)
    took = (
        f"{cpu_s:.2f} s of CPU time (goal {GOAL_S} s for {USERS:,} users), {1000 * cpu_s / len(found):.2f} ms a notice"
    )
    took += f", {cpu_s / limit:.1f} x {WALL_TIMES:,} wall times"
    print(f"a week of {users:,} users with {NOTICES} notices: {took}; {counts}")


if __name__ == "__main__":
    main()
