"""Coarse features: the bands of a day."""

from core.policies.features import HOUR_BANDS, hour_band


def test_a_day_has_four_bands_of_six_hours() -> None:
    """From midnight on."""
    assert [hour_band(hour) for hour in range(24)] == [band for band in HOUR_BANDS for _ in range(6)]
