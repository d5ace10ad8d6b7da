"""Quotas in which the oldest holder gives way."""

from kit.http.evicting_quota import EvictingQuota


class Place:
    """Remembers that it was evicted; with `fixed` it cannot be. It releases nothing itself."""

    def __init__(self, *, fixed: bool = False) -> None:
        self.evicted, self._fixed = False, fixed

    def evict(self) -> bool:
        """Give way unless fixed."""
        self.evicted = not self._fixed
        return self.evicted


def test_the_oldest_gives_way() -> None:
    """To whoever comes, as many as are needed; holders of other keys are left alone."""
    quota = EvictingQuota(3)
    other, places = Place(), [Place() for _ in range(4)]
    assert quota.hold("other", other, 3)
    assert [quota.hold("key", place, 1) for place in places[:3]] == [True, True, True]
    assert quota.hold("key", places[3], 2)
    assert [place.evicted for place in (*places, other)] == [True, True, False, False, False]
    assert (quota.held("key"), quota.held("other")) == (3, 3)


def test_what_cannot_give_way_refuses_the_newest() -> None:
    """And leaves it nothing; more units for one who has some count as one holder's."""
    quota = EvictingQuota(3)
    fixed, late = Place(fixed=True), Place()
    assert quota.hold("key", fixed, 1)
    assert quota.hold("key", fixed, 1)
    assert not quota.hold("key", late, 2)
    assert (quota.held("key"), late.evicted, fixed.evicted) == (2, False, False)
    assert not quota.hold("key", late, 4)
    assert quota.held("key") == 2


def test_nothing_is_left_of_who_released() -> None:
    """No key either, whether it held something or not; releasing twice is once."""
    quota = EvictingQuota(3)
    place = Place()
    quota.release("key", place)
    assert quota.hold("key", place, 2)
    quota.release("key", place)
    quota.release("key", place)
    assert (quota.held("key"), quota.keys()) == (0, 0)
