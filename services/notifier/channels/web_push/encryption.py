"""Encrypts a push message for one subscription as RFC 8291 says, one record of RFC 8188's aes128gcm."""

import os
import struct

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

RECORD = 4096
"""Bytes of the one record, and the most that every push service takes."""
LARGEST = RECORD - 86 - 17
"""Bytes of the largest message: beside it stand the header, with a public key, and the tag with its delimiter."""
CURVE = ec.SECP256R1()


def encrypted(
    message: bytes,
    receiver: ec.EllipticCurvePublicKey,
    auth: bytes,
    *,
    private: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
) -> bytes:
    """Return the body of the request to the push service; raise ValueError for over `LARGEST` bytes.

    `receiver` and `auth` are the subscription's. Key and salt are new for each message; tests hand in known ones.
    """
    if len(message) > LARGEST:
        raise ValueError(f"a push message has at most {LARGEST} bytes")
    private, salt = private or ec.generate_private_key(CURVE), salt or os.urandom(16)
    ours, theirs = point_of(private.public_key()), point_of(receiver)
    shared = private.exchange(ec.ECDH(), receiver)
    keying = _derived(shared, auth, b"WebPush: info\x00" + theirs + ours, 32)
    key = _derived(keying, salt, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _derived(keying, salt, b"Content-Encoding: nonce\x00", 12)
    head = salt + struct.pack(">IB", RECORD, len(ours)) + ours
    return head + AESGCM(key).encrypt(nonce, message + b"\x02", None)


def point_of(key: ec.EllipticCurvePublicKey) -> bytes:
    """Return the key as an uncompressed point, 65 bytes, as subscriptions and push services have it."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(secret)
