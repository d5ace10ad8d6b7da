"""Secrets of Standard Webhooks: what is one, and what is refused without being shown."""

import base64
import secrets

import pytest

from kit.signed_messages import BadSecret, new_secret, signing_key


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_%%%", "whsec_c2hvcnQ=", "x" * 40, "whsec_" + "A" * 400])
def test_a_weak_secret_is_refused_without_being_shown(secret: str) -> None:
    """24 to 64 bytes of base64 after the prefix."""
    with pytest.raises(BadSecret) as refusal:
        signing_key(secret)
    assert len(secret) < 8 or secret not in str(refusal.value)
    assert signing_key("whsec_" + base64.b64encode(secrets.token_bytes(24)).decode())
    assert len(signing_key(new_secret(secrets.token_bytes))) == 32
