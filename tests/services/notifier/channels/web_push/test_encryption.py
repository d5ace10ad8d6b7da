import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from services.notifier.channels.web_push.encryption import LARGEST, encrypted, point_of
from tests.services.notifier.channels.web_push.push_peer import CURVE, Browser, bytes_of, text_of

PLAIN = b"When I grow up, I want to be a watermelon"
SERVER = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
BROWSER = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
AUTH, SALT = "BTBZMqHH6r4Tts7J_aSIgg", "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl"
    "7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def _private(text: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(bytes_of(text)), CURVE)


def test_the_example_of_the_rfc_comes_out() -> None:
    """RFC 8291, appendix A, byte for byte; and the peer of these tests reads it."""
    browser = Browser(_private(BROWSER), bytes_of(AUTH))
    receiver = browser.private.public_key()
    body = encrypted(PLAIN, receiver, browser.auth, private=_private(SERVER), salt=bytes_of(SALT))
    assert text_of(body) == BODY
    assert browser.decrypt(body) == PLAIN


@given(st.binary(max_size=LARGEST) | st.sampled_from([b"", b"\x00", b"\x02" * 9, b"x" * LARGEST]))
def test_the_browser_reads_what_was_encrypted_for_it(message: bytes) -> None:
    """In at most the 4,096 bytes that every push service takes, with a key and a salt of its own each time."""
    browser = Browser()
    first, second = (encrypted(message, browser.private.public_key(), browser.auth) for _ in range(2))
    assert browser.decrypt(first) == browser.decrypt(second) == message
    assert len(first) <= 4096
    assert first[:86] != second[:86]


def test_what_is_too_large_is_refused() -> None:
    """Before anything is encrypted."""
    browser = Browser()
    with pytest.raises(ValueError, match="3993"):
        encrypted(b"x" * (LARGEST + 1), browser.private.public_key(), browser.auth)
    assert len(point_of(browser.private.public_key())) == 65
