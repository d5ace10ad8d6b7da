"""Published decisions that a test makes: arms, how often each is acted on, and a random policy over them."""

import random
from collections.abc import Mapping
from typing import Any

from contracts.storage import Storage
from contracts.tips.decision_log import DayCounts, PublishedDay
from resources.decisions.parts import DecisionPartFiles
from tests.resources.decisions.rows import published_tip

DAY = "2026-11-29"


def publish_log(storage: Storage, rates: Mapping[str, float], n: int, seed: int = 5, **counts: Any) -> None:
    """Publish `n` decisions of DAY by 300 users, each arm as likely; every tip was shown, `counts` replace the true."""
    chance, arms = random.Random(seed), sorted(rates)  # noqa: S311  # a log of a test
    rows = []
    for number in range(n):
        action = chance.choice(arms)
        said = {
            "action": action,
            "reward": float(chance.random() < rates[action]),
            "propensity": 1 / len(arms),
            "eligible": arms,
            "probabilities": [1 / len(arms)] * len(arms),
            "weekday": chance.choice(("monday", "friday")),
        }
        rows.append(published_tip(f"d{number}", f"u{number % 300}", **said))
    with DecisionPartFiles(storage).only_writer("now") as parts:
        file, digest, count = parts.write(DAY, [rows]) or ("", "", 0)
        made = DayCounts(**{"published": n, "served": n, **counts})
        parts.publish(PublishedDay(day=DAY, file=file, sha256=digest, rows=count, reward_within_hours=72, counts=made))
