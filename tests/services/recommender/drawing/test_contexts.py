"""Contexts: bounded, understood where they are declared, and coarse where policies look."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from contracts.modules.profile import Preferences
from contracts.refusals import InvalidInput
from contracts.tips.recommendations import DEEPEST_CONTEXT, LARGEST_CONTEXT, Surface, TipRequest
from core.policies.features import Features
from kit.times import iso
from services.recommender.drawing.contexts import features_of, understood, zone_for
from tests.services.recommender.world import CATALOG, START


def _nested(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(levels):
        value = {"a": [value]} if len(value) % 2 else {"a": value}
    return value


def _read(**context: Any) -> Any:
    return understood(TipRequest(surface=Surface.HOME, context=context), CATALOG, START)


@pytest.mark.parametrize(
    ("context", "path"),
    [
        ({"area": "no-such"}, ("context", "area")),
        ({"area": 3}, ("context", "area")),
        ({"time_zone": "Mars/Base"}, ("context", "time_zone")),
        ({"time_zone": "../../etc/passwd"}, ("context", "time_zone")),
        ({"locale": "not a locale"}, ("context", "locale")),
        ({"at": "yesterday"}, ("context", "at")),
        ({"at": iso(START).removesuffix("+00:00")}, ("context", "at")),
        ({"at": iso(START - 3_601)}, ("context", "at")),
        ({"at": iso(START + 301)}, ("context", "at")),
        ({"said": "x" * LARGEST_CONTEXT}, ("context",)),
        (_nested(DEEPEST_CONTEXT + 2), ("context",)),
        ({"said": "\ud800"}, ("context",)),
    ],
)
def test_what_cannot_be_is_refused(context: dict[str, Any], path: tuple[str, ...]) -> None:
    """The refusal names the field and is one short sentence, whatever came."""
    with pytest.raises(InvalidInput) as raised:
        _read(**context)
    assert raised.value.path == path
    assert len(raised.value.message) < 200


def test_what_is_not_declared_is_stored_and_not_looked_at() -> None:
    """Other fields are no error, and no policy sees them; an hour-old context counts."""
    context = _read(area="sleep", mood={"now": ["tired"]}, at=iso(START - 3_600))
    features = features_of(context, Surface.HOME, ZoneInfo("UTC"), START)
    assert features == Features(area="sleep", hour_band="morning", weekday="friday", surface="home", locale=None)


def test_hours_are_those_of_the_users_wall_clock() -> None:
    """The zone of the context comes before the one of the preferences, and UTC where there is neither."""
    tokyo, preferences = _read(time_zone="Asia/Tokyo"), Preferences(time_zone="America/New_York")
    zones = [zone_for(tokyo, preferences), zone_for(_read(), preferences), zone_for(_read(), Preferences())]
    assert [zone.key for zone in zones] == ["Asia/Tokyo", "America/New_York", "UTC"]
    bands = [features_of(_read(locale="pt-BR"), Surface.HOME, zone, START) for zone in zones]
    assert [each.hour_band for each in bands] == ["afternoon", "night", "morning"]
    assert {each.locale for each in bands} == {"pt"}
