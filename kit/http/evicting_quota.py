"""Places that are bounded by caller, where whoever has held one for longest gives way to whoever comes."""

from collections import Counter
from typing import Protocol


class Evictable(Protocol):
    """Holds units of a quota until it releases them or is evicted."""

    def evict(self) -> bool:
        """Give the units back now; return False where that is no longer possible."""


class EvictingQuota:
    """At most `limit` units for each key.

    Beyond it the key's oldest holders are evicted first, so that who is quick is never refused for those who are slow.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._held: dict[str, dict[Evictable, int]] = {}
        self._totals = Counter[str]()

    def hold(self, key: str, holder: Evictable, units: int) -> bool:
        """Add units to what `holder` has; return False, with nothing left to it, where nobody else can give way."""
        self._held.setdefault(key, {})
        self._held[key][holder] = self._held[key].get(holder, 0) + units
        self._totals[key] += units
        while self._totals[key] > self.limit:
            oldest = next((each for each in list(self._held[key]) if each is not holder and each.evict()), None)
            self.release(key, holder if oldest is None else oldest)
            if oldest is None:
                return False
        return True

    def release(self, key: str, holder: Evictable) -> None:
        """Take back all units of a holder, if it has any."""
        held = self._held.get(key, {})
        self._totals[key] -= held.pop(holder, 0)
        if not held:
            self._held.pop(key, None)
            del self._totals[key]

    def held(self, key: str) -> int:
        """Return the units that are held for a key."""
        return self._totals[key] if key in self._held else 0

    def keys(self) -> int:
        """Return the number of keys for which anything is held."""
        return len(self._held)
