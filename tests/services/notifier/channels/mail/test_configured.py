"""The settings of mail: what is missing is said, and what is there is used."""

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from services.notifier.channels.mail.configured import configured_sender, mail_faults
from services.notifier.channels.settings import MailTable

WHOLE = MailTable(
    host="relay.example",
    sender="tips@tips.example",
    origin="https://app.tips.example",
    bounces="bounces@tips.example",
    username="us",
    password_env="PASSWORD",
    dkim_selector="one",
    dkim_key_env="DKIM",
)


def _pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.fixture(scope="module")
def variables() -> dict[str, str]:
    """What the settings name; a key of many lines may be written in one."""
    key = rsa.generate_private_key(65_537, 2048)
    return {
        "PASSWORD": "planted",
        "DKIM": _pem(key).replace("\n", "\\n"),
        "ODD": _pem(ec.generate_private_key(ec.SECP256R1())),
    }


def test_whole_settings_have_no_faults(variables: dict[str, str]) -> None:
    """And make a sender."""
    assert mail_faults(WHOLE, variables.get) == []
    assert configured_sender(WHOLE, variables.get, lambda: 0.0, None).channel == "email"
    bare = MailTable(host="relay.example", sender="tips@tips.example", origin="https://app.tips.example")
    assert mail_faults(bare, lambda _: None) == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"sender": "tips"}, "notifier.mail.sender is no mail address"),
        ({"bounces": "bounces"}, "notifier.mail.bounces is no mail address"),
        ({"bounces": f"{'b' * 22}@tips.example"}, "name a shorter mailbox"),
        ({"origin": None}, "notifier.mail.origin is missing"),
        ({"username": None}, "both username and password_env"),
        ({"tls": "none"}, "in the clear"),
        ({"dkim_selector": None}, "both dkim_selector and dkim_key_env"),
        ({"password_env": "NOWHERE"}, "NOWHERE is not set"),
        ({"dkim_key_env": "NOWHERE"}, "NOWHERE is not set"),
        ({"dkim_key_env": "PASSWORD"}, "the key of DKIM cannot be read"),
        ({"dkim_key_env": "ODD"}, "no RSA key"),
    ],
)
def test_what_is_missing_is_said(variables: dict[str, str], changed: dict[str, str | None], said: str) -> None:
    """One sentence each, which names the setting or the variable and never its value."""
    found = "; ".join(mail_faults(msgspec.structs.replace(WHOLE, **changed), variables.get))
    assert said in found
    assert "planted" not in found
