from typing import ClassVar

import msgspec
import pytest

from contracts.modules.events import ALL, VOCABULARY, Event, Payload, TipRatedV1, Vocabulary
from resources.privacy.user_keys import UserKeys
from services.events.envelope import Codec, UnknownType
from tests.services.events.world import rated


class TipRatedV2(Payload, frozen=True):
    """A later version: other words for the same."""

    type: ClassVar[str] = "tip.rated.v2"
    decision: str
    stars: float


def _newer() -> Vocabulary:
    def up(old: Payload) -> Payload:
        assert isinstance(old, TipRatedV1)
        return TipRatedV2(decision=old.decision, stars=float(old.rating))

    def down(new: Payload) -> Payload:
        assert isinstance(new, TipRatedV2)
        return TipRatedV1(decision=new.decision, rating=round(new.stars))

    steps = {("tip.rated.v1", "tip.rated.v2"): up, ("tip.rated.v2", "tip.rated.v1"): down}
    return Vocabulary({**VOCABULARY.types, TipRatedV2.type: TipRatedV2}, steps)


def test_every_type_is_named_for_its_class() -> None:
    """tip.rated.v1 is TipRatedV1; no name twice; each has its place in the vocabulary."""
    for known in ALL:
        words = "".join(word.capitalize() for word in known.type.split("."))
        assert known.__name__ == words
    assert set(VOCABULARY.types.values()) == set(Payload.__subclasses__()) - {TipRatedV2}


def test_old_and_new_consumers_understand_both(keys: UserKeys) -> None:
    """By the steps of the vocabulary, in each direction."""
    codec = Codec(keys, _newer())
    new = msgspec.structs.replace(rated("1"), data=TipRatedV2(decision="d", stars=4.0))
    old_read = codec.brought_to(new, (TipRatedV1,))
    new_read = codec.brought_to(rated("2"), (TipRatedV2,))
    assert old_read is not None
    assert new_read is not None
    assert (old_read.data, new_read.type) == (TipRatedV1(decision="d", rating=4), "tip.rated.v2")


def test_a_version_without_a_step_is_named(keys: UserKeys) -> None:
    """An older program does not guess; a type of which no version is taken is nothing to it."""
    newer = Codec(keys, _newer())
    body = newer.encode(msgspec.structs.replace(rated("1"), data=TipRatedV2(decision="d", stars=4.0)))
    with pytest.raises(UnknownType):
        Codec(keys, VOCABULARY).decode(body)
    with pytest.raises(UnknownType):
        Codec(keys, VOCABULARY).encode(Event(id="1", source="/", time="", data=TipRatedV2(decision="d", stars=1.0)))
    assert newer.brought_to(rated("1"), ()) is None


def test_the_first_release_is_read_for_good(keys: UserKeys) -> None:
    """Bytes as they were first written, and with a field added since."""
    body = (
        b'{"specversion":"1.0","id":"1","source":"/auth","type":"session.revoked.v1","time":"2026-11-24T21:00:00Z",'
        b'"user":"user-1","datacontenttype":"application/json","extension":7,'
        b'"data":{"credential":"session-1","reason":"signed_out","since":"later"}}'
    )
    event = Codec(keys, VOCABULARY).decode(body)
    assert (event.type, event.user) == ("session.revoked.v1", "user-1")


def test_a_personal_payload_needs_a_user(keys: UserKeys) -> None:
    """There would be no key to seal it with."""
    with pytest.raises(ValueError, match="needs a user"):
        Codec(keys, VOCABULARY).encode(msgspec.structs.replace(rated("1"), user=None))
