from contracts.access.caller import Caller, Role
from services.auth.sessions.caller_cache import MOST, CallerCache, digest

CALLER = Caller("user-1", Role.ADMIN, "session", "session-1", 1100.0)


def _at(moment: list[float]) -> CallerCache:
    return CallerCache(lambda: moment[0])


def test_a_caller_is_kept_for_less_than_a_second() -> None:
    """At one second the store is asked again."""
    moment = [1000.0]
    recent = _at(moment)
    recent.keep("k", CALLER, 1000.0)
    moment[0] = 1000.99
    assert recent.get("k") == CALLER
    moment[0] = 1001.0
    assert recent.get("k") is None


def test_a_clock_that_steps_back_keeps_nobody() -> None:
    """An hour gained by a clock step is no hour of an old role."""
    moment = [1000.0]
    recent = _at(moment)
    recent.keep("k", CALLER, 1000.0)
    moment[0] = 400.0
    assert recent.get("k") is None


def test_nobody_is_kept_past_the_credential() -> None:
    """The expiry counts within the second too."""
    moment = [1099.5]
    recent = _at(moment)
    recent.keep("k", CALLER, 1099.5)
    moment[0] = 1100.0
    assert recent.get("k") is None


def test_memory_is_bounded() -> None:
    """However many credentials come, only so many are kept."""
    recent = _at([1000.0])
    for number in range(MOST + 5):
        recent.keep(str(number), CALLER, 1000.0)
    assert 0 < len(recent) <= MOST


def test_any_text_has_a_digest() -> None:
    """Lone surrogates, as odd headers make them, are hashed like other text."""
    assert len(digest("\udcff")) == 64
