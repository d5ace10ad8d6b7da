"""Coarse features: the bands of a day, and the columns that a model has of them."""

from types import SimpleNamespace

from core.policies.features import HOUR_BANDS, Features, features_in, hour_band, ones_of, width_of

COLUMNS = (("area", ("work", "health")), ("surface", ("home",)))


def test_a_day_has_four_bands_of_six_hours() -> None:
    """From midnight on."""
    assert [hour_band(hour) for hour in range(24)] == [band for band in HOUR_BANDS for _ in range(6)]


def test_each_value_has_a_column_after_the_one_of_ones() -> None:
    """A value that is not listed, and one that is not known, has none."""
    assert width_of(COLUMNS) == 4
    assert ones_of(COLUMNS, Features(area="health", surface="home")) == (0, 2, 3)
    assert ones_of(COLUMNS, Features(area="love", locale="de")) == (0,)
    assert (width_of(()), ones_of((), Features(area="work"))) == (1, (0,))


def test_features_are_taken_from_a_record_by_their_names() -> None:
    """Whatever else it has."""
    row = SimpleNamespace(area="work", hour_band="night", weekday="monday", surface="home", locale=None, made_at=1.0)
    assert features_in(row) == Features("work", "night", "monday", "home", None)
