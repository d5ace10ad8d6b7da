"""Places that many callers share."""

import random
from collections import Counter
from dataclasses import dataclass

from kit.http.shared_places import SharedPlaces


@dataclass(eq=False)
class Holder:
    """Has a place until it is evicted."""

    name: str
    evicted: bool = False

    def evict(self) -> bool:
        """Note it."""
        self.evicted = True
        return True


def test_who_has_most_gives_one_up_for_who_has_none() -> None:
    """Its oldest; with as many names as places, one more is refused, and so is one beyond a name's own."""
    places = SharedPlaces(each=3, most=4)
    first, *others = [Holder("many") for _ in range(3)]
    assert all(places.take("many", each) for each in (first, *others))
    assert not places.take("many", Holder("many"))
    assert places.take("a", Holder("a"))
    assert places.take("b", Holder("b"))
    assert (first.evicted, [each.evicted for each in others]) == (True, [False, False])
    assert places.take("c", Holder("c"))
    assert not places.take("d", Holder("d"))
    assert not places.take("a", Holder("a"))
    assert (len(places), set(places.names())) == (4, {"many", "a", "b", "c"})
    places.release("many", first)
    places.release("many", others[1])
    assert places.take("d", Holder("d"))


def test_thousands_of_names_share_the_places() -> None:
    """Over random comings and goings no name has more than its own, all no more than all, and the count is right."""
    rng, places = random.Random(3), SharedPlaces(each=5, most=40)  # noqa: S311  # a seed, no secret
    held: list[Holder] = []
    for _ in range(5_000):
        if held and rng.random() < 0.3:
            leaving = held.pop(rng.randrange(len(held)))
            places.release(leaving.name, leaving)
        else:
            coming = Holder(f"user-{int(rng.expovariate(0.05))}")
            if places.take(coming.name, coming):
                held.append(coming)
        held = [each for each in held if not each.evicted]
        by_name = Counter(each.name for each in held)
        assert len(places) == len(held) <= 40
        assert max(by_name.values(), default=0) <= 5
        assert places.names() == set(by_name)
