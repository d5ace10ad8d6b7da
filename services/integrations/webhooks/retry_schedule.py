"""When a message is sent again that was not taken: soon, then less and less often, for three days."""

LIFE_S = 3 * 86_400.0
"""How long after it was made a message is sent."""
WAITS_S = (5.0, 300.0, 1_800.0, 7_200.0, 18_000.0, 36_000.0, 50_400.0, 72_000.0, 72_000.0)
"""Seconds from one attempt to the next, at most: with a tenth less for each by chance all end within three days."""
JITTER = 0.1


def next_attempt(attempts: int, now: float, until: float, chance: float, retry_after_s: float | None) -> float | None:
    """Return when a message is sent again after so many attempts, None once that is over.

    `chance`, from 0 to 1, spreads what failed at one moment. Who answers Retry-After is not asked before.
    """
    if attempts > len(WAITS_S):
        return None
    at = now + max(WAITS_S[attempts - 1] * (1 - JITTER * chance), retry_after_s or 0.0)
    return at if at <= until else None
