from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from contracts.refusals import Unavailable
from services.notifier.channels.web_push.vapid_keys import LIFE_S, MOST_KEYS, VapidKeys, topic_of
from tests.services.notifier.channels.web_push.push_peer import CURVE, NOW, bytes_of


def test_a_key_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    """Another process on the folder finds the same one."""
    key = VapidKeys(tmp_path / "keys").current(NOW)
    assert VapidKeys(tmp_path / "keys").current(NOW + 9) == key
    (file,) = (tmp_path / "keys").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert "private" not in repr(key)


def test_rotating_leaves_the_keys_that_browsers_subscribed_with(tmp_path: Path) -> None:
    """New subscriptions get the newest one; what is older than the last ones goes."""
    keys = VapidKeys(tmp_path)
    made = [keys.current(NOW), *(keys.rotate(NOW + day) for day in range(1, 5))]
    assert keys.current(NOW + 9) == made[-1]
    assert [keys.with_public(key.public) is not None for key in made] == [False, False, True, True, True]
    assert len(list(tmp_path.iterdir())) == MOST_KEYS
    assert VapidKeys(tmp_path).with_public(made[-2].public) == made[-2]


def test_a_token_is_for_one_push_service_and_half_a_day(tmp_path: Path) -> None:
    """As RFC 8292 wants it, signed by the key that stands beside it."""
    key = VapidKeys(tmp_path).current(NOW)
    scheme, _, parts = key.authorization("https://push.example", "mailto:us@tips.example", NOW).partition(" ")
    token, public = (part.strip().partition("=")[2] for part in parts.split(","))
    point = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, bytes_of(public))
    claims = jwt.decode(token, point, ["ES256"], audience="https://push.example", options={"verify_exp": False})
    assert (scheme, public) == ("vapid", key.public)
    assert claims == {"aud": "https://push.example", "exp": int(NOW) + LIFE_S, "sub": "mailto:us@tips.example"}


def test_a_damaged_file_is_no_key(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It is named once, and the others count on."""
    keys = VapidKeys(tmp_path)
    key = keys.current(NOW)
    (tmp_path / f"vapid-{int(NOW * 1000) + 1:014d}-00000000.pem").write_text("planted")
    assert keys.current(NOW) == keys.current(NOW) == key
    assert len(caplog.records) == 1
    assert "planted" not in caplog.text


def test_a_folder_that_is_none_is_said(tmp_path: Path) -> None:
    """In one sentence, and not as a crash."""
    (tmp_path / "keys").write_text("a file")
    with pytest.raises(Unavailable, match="keys folder"):
        VapidKeys(tmp_path / "keys").current(NOW)


def test_a_topic_is_what_push_services_take() -> None:
    """32 characters of base64url, equal for equal notices."""
    assert topic_of("a") == topic_of("a") != topic_of("b")
    assert len(topic_of("a")) == 32
    assert set(bytes_of(topic_of("a")))
