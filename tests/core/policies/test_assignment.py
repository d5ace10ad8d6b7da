"""Which users a trial is for: as many as its share says, always the same ones, and more where the share grows."""

from core.policies.assignment import in_canary

USERS = [f"user-{number}" for number in range(10_000)]


def test_a_share_grows_by_adding_users() -> None:
    """Within five standard errors of the share, nobody leaves when it grows, and all or none are in at its ends."""
    small, large = ({user for user in USERS if in_canary(user, "a", share)} for share in (0.1, 0.3))
    assert small < large
    assert abs(len(small) - 1_000) < 150
    assert abs(len(large) - 3_000) < 230
    assert not any(in_canary(user, "a", 0.0) for user in USERS[:100])
    assert all(in_canary(user, "a", 1.0) for user in USERS[:100])


def test_trials_are_independent() -> None:
    """Of the users of one trial a share is in another one, and a name that ends in a label is no other user's."""
    both = [user for user in USERS if in_canary(user, "a", 0.5) and in_canary(user, "b", 0.5)]
    assert abs(len(both) - 2_500) < 220
    assert [in_canary(user, "ab", 0.5) for user in USERS[:64]] != [
        in_canary(f"b{user}", "a", 0.5) for user in USERS[:64]
    ]
