from contracts.refusals import Unavailable
from resources.dagster.refusing import as_refusal
from resources.lake.specs import PinBroken


def test_a_broken_pin_tells_no_path() -> None:
    """Neither where the home is nor what the parser said."""
    refusal = as_refusal(PinBroken("/home/x/lake/tip-bench-a/spec.json cannot be read: Input data was truncated"))
    assert isinstance(refusal, Unavailable)
    assert "/home" not in refusal.message
    assert "truncated" not in refusal.message
