"""What a launch's input becomes."""

from api.types.launch import LaunchInput, request_from


def test_switches_reach_the_request() -> None:
    """Off unless the input says so; each is its own."""
    plain = request_from(LaunchInput(experiment="tip-bench-a"), "u1")
    assert (plain.accept_failures, plain.retry_failed) == (False, False)
    retried = request_from(LaunchInput(experiment="tip-bench-a", retry_failed=True), "u1")
    assert (retried.accept_failures, retried.retry_failed) == (False, True)
