"""Signs mails as RFC 6376 says, both headers of one-click unsubscribing included."""

from dataclasses import dataclass, field

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from core.expected_error import OperatorError

SIGNED = (
    "from", "to", "subject", "date", "message-id", "mime-version", "content-type", "list-unsubscribe",
    "list-unsubscribe-post", "auto-submitted", "from",
)  # fmt: skip
"""What a signature covers, also where it is missing, so that nobody adds it; From twice, so that no other is added."""
SMALLEST_BITS = 2048


class BadDkimKey(OperatorError):
    """A key that no mail can be signed with."""


@dataclass(frozen=True)
class DkimSigner:
    """Signs for a domain with the key whose public half stands at `SELECTOR._domainkey.DOMAIN`."""

    domain: str
    selector: str
    pkcs1: bytes = field(repr=False)

    @classmethod
    def of(cls, domain: str, selector: str, pem: bytes) -> "DkimSigner":
        """Return the signer with an RSA key in PEM of any form; raise BadDkimKey for another one."""
        try:
            key = load_pem_private_key(pem, None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise BadDkimKey("the key of DKIM cannot be read: make one with openssl genrsa 2048") from None
        if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < SMALLEST_BITS:
            raise BadDkimKey(
                f"the key of DKIM is no RSA key of {SMALLEST_BITS} bits or more: make one with openssl genrsa"
            )
        return cls(domain, selector, key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()))

    def signed(self, mail: bytes) -> bytes:
        """Return the mail with its signature before it; its lines end with CRLF already."""
        import dkim  # with a DNS client half of what a process needs to start

        header: bytes = dkim.sign(
            mail,
            self.selector.encode("ascii"),
            self.domain.encode("ascii"),
            self.pkcs1,
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=[name.encode() for name in SIGNED],
        )
        return header + mail
