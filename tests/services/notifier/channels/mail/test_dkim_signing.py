import base64
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from services.notifier.channels.mail.dkim_signing import BadDkimKey, DkimSigner
from services.notifier.channels.mail.message import compose
from services.notifier.channels.sender import Notice
from tests.services.notifier.channels.mail.name_server import serving_txt
from tests.services.notifier.channels.mail.smtp_peer import NOW

NOTICE = Notice(id="1", topic="t", title="Schlaf", text="Gute Nacht.", unsubscribe="https://tips.example/u/1")


def _pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    """A key of the smallest size."""
    return rsa.generate_private_key(65537, 2048)


def _record(key: rsa.RSAPrivateKey) -> bytes:
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)


def test_a_signature_holds_for_whoever_asks_the_name_server(key: rsa.RSAPrivateKey) -> None:
    """It covers From, both unsubscribe headers and the body: changing, removing or adding one breaks it."""
    signer = DkimSigner.of("tips.example", "now", _pem(key))
    mail = signer.signed(compose(NOTICE, "tips@tips.example", "a@b.example", "https://tips.example", NOW))
    covered = mail.partition(b" h=")[2].partition(b";")[0].replace(b"\r\n", b"").replace(b" ", b"").split(b":")
    assert {b"list-unsubscribe", b"list-unsubscribe-post", b"from", b"subject"} <= set(covered)
    with serving_txt({"now._domainkey.tips.example.": _record(key)}) as look_up:
        assert dkim.verify(mail, dnsfunc=look_up)
        for before, after in (
            (b"From: tips@", b"From: evil@"),
            (b"Gute Nacht", b"Gute Nicht"),
            (b"List-Unsubscribe: <https://tips.example/u/1>", b"List-Unsubscribe: <https://evil.example/>"),
            (b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", b""),
            (b"Subject: ", b"From: evil@evil.example\r\nSubject: "),
        ):
            assert before in mail
            assert not dkim.verify(mail.replace(before, after), dnsfunc=look_up), before
    with serving_txt({}) as look_up:
        assert not dkim.verify(mail, dnsfunc=look_up)


def test_a_key_that_signs_nothing_is_refused(key: rsa.RSAPrivateKey, tmp_path: Path) -> None:
    """Another kind, a small one, none: each in a sentence that says how to make one, and shows nothing of it."""
    small = rsa.generate_private_key(65537, 1024)  # noqa: S505  # the small one that is refused
    for pem in (b"", b"planted", _pem(ec.generate_private_key(ec.SECP256R1())), _pem(small), _pem(key)[:-60]):
        with pytest.raises(BadDkimKey, match="openssl genrsa") as refused:
            DkimSigner.of("tips.example", "now", pem)
        assert "planted" not in str(refused.value)
    assert "BEGIN" not in repr(DkimSigner.of("tips.example", "now", _pem(key)))
    assert not list(tmp_path.iterdir())
