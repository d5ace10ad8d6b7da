"""Return paths: short enough for any mail server, in whatever case it writes them, and nobody else's to make."""

import pytest

from services.notifier.channels.mail.message import read_address
from services.notifier.mail_addresses.return_paths import COUNTS_DAYS, DAY_S, ReturnPaths

NOW = 1_800_000_000.0
HASH = bytes(range(16))
PATHS = ReturnPaths(b"l" * 32, "bounces@tips.example")


def test_a_return_path_says_whose_mail_came_back() -> None:
    """It is an address with at most 64 letters before the @, and read in capitals as well."""
    path = PATHS.path(HASH, NOW)
    assert read_address(path) == path
    assert len(path.partition("@")[0]) <= 64
    for text in (path, path.upper(), f'"x" <{path}>, other@tips.example', f"a+{'b' * 42}@c {path}"):
        assert PATHS.hash_in(text, NOW + DAY_S) == HASH


def test_a_return_path_ends_after_three_weeks() -> None:
    """A mail server gives up long before; one of the future is none either."""
    path = PATHS.path(HASH, NOW)
    assert PATHS.hash_in(path, NOW + COUNTS_DAYS * DAY_S) == HASH
    assert PATHS.hash_in(path, NOW + (COUNTS_DAYS + 1) * DAY_S) is None
    assert PATHS.hash_in(path, NOW - 3 * DAY_S) is None


@pytest.mark.parametrize("at", [8, 20, 40, 49])
def test_no_other_return_path_counts(at: int) -> None:
    """Another letter anywhere, another home's, none at all."""
    path = PATHS.path(HASH, NOW)
    other = path[:at] + ("a" if path[at] != "a" else "b") + path[at + 1 :]
    foreign = ReturnPaths(b"m" * 32, "bounces@tips.example").path(HASH, NOW)
    assert [PATHS.hash_in(text, NOW) for text in (other, foreign, "", "bounces@tips.example", "é+x@y")] == [None] * 5
