"""What simulated users do, and when."""

import math

import numpy as np

from core.simulated_users.tastes import INCLINATION
from core.simulated_users.visits import DISMISSED, SHOWN, outcome_of, visits

SINCE = 1_800_000_000.0
DAY_S = 86_400.0


def test_each_user_visits_once_a_day() -> None:
    """In the order of time, in whole milliseconds, within the day; the same seed gives the same visits."""
    found = list(visits(20, 3, 1, SINCE))
    assert [visit.at for visit in found] == sorted(visit.at for visit in found)
    assert sorted((visit.user, visit.day) for visit in found) == [(user, day) for user in range(20) for day in range(3)]
    assert all(0 <= visit.at - SINCE - visit.day * DAY_S < DAY_S for visit in found)
    assert all(math.isclose(visit.at * 1_000, round(visit.at * 1_000), abs_tol=1e-3) for visit in found)
    assert found == list(visits(20, 3, 1, SINCE)) != list(visits(20, 3, 2, SINCE))


def test_users_act_at_their_rate() -> None:
    """Of 2,000 visits as many act, dismiss and are shown nothing as was declared, within four standard errors."""
    users, days, rate = 200, 10, 0.4
    found = [outcome_of(1, user, day, rate) for user in range(users) for day in range(days)]
    shown = [each for each in found if each.shown is not None]
    acted = [each for each in shown if each.acted is not None]
    dismissed = [each for each in shown if each.dismissed is not None]
    spread = np.sqrt(INCLINATION**2 / 3 / users + rate * (1 - rate) / len(shown))
    assert abs(len(shown) / len(found) - SHOWN) < 4 * np.sqrt(SHOWN * (1 - SHOWN) / len(found))
    assert abs(len(acted) / len(shown) - rate) < 4 * spread
    assert abs(len(dismissed) / (len(shown) - len(acted)) - DISMISSED) < 4 * np.sqrt(0.16 / (len(shown) - len(acted)))


def test_what_is_done_comes_after_what_was_seen() -> None:
    """A tip is acted on or dismissed after it was shown, and in the time that counts; what is not shown is neither."""
    for user in range(300):
        found = outcome_of(2, user, 0, 0.5)
        if found.shown is None:
            assert (found.acted, found.dismissed) == (None, None)
            continue
        assert found.acted is None or found.shown < found.acted < found.shown + 72 * 3_600
        assert found.dismissed is None or (found.shown < found.dismissed and found.acted is None)
