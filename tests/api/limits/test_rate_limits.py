from api.limits.rate_limits import Buckets, TokenRate


def test_a_bucket_empties_by_cost_and_fills_by_time() -> None:
    """The wait is what is missing over the rate; a refusal takes nothing."""
    now = [0.0]
    buckets = Buckets(TokenRate(burst=100, per_second=10), lambda: now[0])
    assert [buckets.take("a", 60), buckets.take("a", 60), buckets.take("b", 60)] == [0, 2, 0]
    now[0] = 2.0
    assert buckets.take("a", 60) == 0
    now[0] = 1_000.0
    assert [buckets.take("a", 100), buckets.take("a", 1)] == [0, 0.1]


def test_more_than_a_burst_takes_a_whole_bucket() -> None:
    """Otherwise it could never run."""
    assert Buckets(TokenRate(burst=100, per_second=10), lambda: 0.0).take("a", 10**9) == 0


def test_only_so_many_callers_are_kept() -> None:
    """The one that has been quiet longest is forgotten."""
    buckets = Buckets(TokenRate(burst=1, per_second=1, callers=2), lambda: 0.0)
    assert [buckets.take(who, 1) for who in "aba"] == [0, 0, 1]
    assert [buckets.take(who, 1) for who in "cab"] == [0, 1, 0]


def test_what_was_used_already_is_owed() -> None:
    """At most a whole bucket, which then fills by time as any other."""
    now = [0.0]
    buckets = Buckets(TokenRate(burst=100, per_second=10), lambda: now[0])
    buckets.spend("a", 130)
    assert buckets.take("a", 10) == 4.0
    buckets.spend("a", 10**9)
    assert buckets.take("a", 10) == 11.0
    now[0] = 11.0
    assert buckets.take("a", 10) == 0.0
