"""Places that many callers share: each has a limit, and where all are taken whoever has most gives one up."""

from kit.http.evicting_quota import Evictable


class SharedPlaces:
    """At most `each` places of a name and `most` in all.

    Where all are taken, the oldest of the name with the most is evicted for one that would still have fewer.
    """

    def __init__(self, each: int, most: int) -> None:
        self._each, self._most = each, most
        self._held: dict[str, dict[Evictable, None]] = {}
        self._count = 0

    def take(self, name: str, holder: Evictable) -> bool:
        """Take a place of `name` and return True, False where there is none; `release` it afterwards."""
        own = len(self._held.get(name, {}))
        if own >= self._each or (self._count >= self._most and not self._make_place(own)):
            return False
        self._held.setdefault(name, {})[holder] = None
        self._count += 1
        return True

    def release(self, name: str, holder: Evictable) -> None:
        """Give a place back, if the holder still has it."""
        held = self._held.get(name, {})
        if holder in held:
            del held[holder]
            self._count -= 1
        if not held:
            self._held.pop(name, None)

    def names(self) -> frozenset[str]:
        """Return who has a place."""
        return frozenset(self._held)

    def __len__(self) -> int:
        """Return how many places are taken."""
        return self._count

    def _make_place(self, own: int) -> bool:
        name = max(self._held, key=lambda each: len(self._held[each]))
        oldest = next(iter(self._held[name]))
        if len(self._held[name]) <= own + 1 or not oldest.evict():
            return False
        self.release(name, oldest)
        return True
