"""Internal tokens: for one module, a minute at most, signed by the gateway, read with its public key alone."""

from collections.abc import Callable
from contextvars import ContextVar

import jwt
import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from core.expected_error import ExpectedError
from resources.home import Home
from resources.storage.files import write_whole

ALGORITHM, TYPE, ISSUER = "EdDSA", "tipbench-internal+jwt", "tipbench-gateway"
LIFE_S, LONGEST_S, LEEWAY_S = 30, 60, 2.0
LONGEST = 2_048
PUBLIC = "internal.pub"
CLAIMS = ("iss", "aud", "sub", "role", "rid", "iat", "exp")


class Principal(msgspec.Struct, frozen=True):
    """The user on whose behalf a module is called.

    `subject` is a user id, empty before the user is known; `role` a name of contracts.access.caller.Role, or INTERNAL
    for what the server does by itself.
    """

    subject: str = ""
    role: str = "INTERNAL"
    request_id: str = ""


SERVER = Principal()
ACTING: ContextVar[Principal] = ContextVar("acting", default=SERVER)
"""The principal of the current request, set by the edge."""


class NotInternal(ExpectedError, ValueError):
    """A token that is not the gateway's, not for this module, or not valid now; the message does not quote it."""

    code = "UNAUTHENTICATED"


class Signer:
    """The gateway's side: signs tokens with its private key."""

    def __init__(self, private: Ed25519PrivateKey, clock: Callable[[], float]) -> None:
        self._private, self._clock = private, clock

    def sign(self, module: str, principal: Principal) -> str:
        """Return a token for one module, valid for 30 seconds."""
        issued = int(self._clock())
        claims: dict[str, str | int] = {
            "iss": ISSUER,
            "aud": module,
            "sub": principal.subject,
            "role": principal.role,
            "rid": principal.request_id,
        }
        claims |= {"iat": issued, "exp": issued + LIFE_S}
        return jwt.encode(claims, self._private, ALGORITHM, headers={"typ": TYPE})


class Verifier:
    """A module's side: verifies tokens for `module`, its name."""

    def __init__(self, public: Ed25519PublicKey, module: str, clock: Callable[[], float]) -> None:
        self._public, self._module, self._clock = public, module, clock

    def verify(self, token: str) -> Principal:
        """Return the principal of a token; raise NotInternal."""
        if len(token) > LONGEST or not token.isascii():
            raise NotInternal("too long, or not ASCII")
        try:
            header = jwt.get_unverified_header(token)
            if header != {"alg": ALGORITHM, "typ": TYPE}:
                raise NotInternal("a header that is not ours")
            claims = jwt.decode(
                token,
                self._public,
                algorithms=[ALGORITHM],
                audience=self._module,
                issuer=ISSUER,
                options={
                    "require": list(CLAIMS),
                    "strict_aud": True,
                    "verify_exp": False,  # held against our clock below
                    "verify_iat": False,
                },
            )
        except (jwt.PyJWTError, TypeError, UnsupportedAlgorithm) as error:
            raise NotInternal(type(error).__name__) from None
        return self._held(claims)

    def _held(self, claims: dict[str, object]) -> Principal:
        issued, ends, now = claims["iat"], claims["exp"], self._clock()
        if type(issued) is not int or type(ends) is not int or not 0 < ends - issued <= LONGEST_S:
            raise NotInternal("a life that we give to no token")
        if not issued - LEEWAY_S <= now < ends + LEEWAY_S:
            raise NotInternal("not valid now")
        try:
            return msgspec.convert(
                {"subject": claims["sub"], "role": claims["role"], "request_id": claims["rid"]}, Principal
            )
        except msgspec.ValidationError:
            raise NotInternal("claims of another form") from None


def signing_key(home: Home) -> Ed25519PrivateKey:
    """Return the gateway's key, made at first use; its public half is written next to it, for the modules."""
    private = Ed25519PrivateKey.from_private_bytes(home.secret("internal"))
    public = private.public_key().public_bytes_raw().hex().encode() + b"\n"
    path = home.keys / PUBLIC
    if not path.exists() or path.read_bytes() != public:
        write_whole(path, public)
    return private


def public_key(home: Home) -> Ed25519PublicKey | None:
    """Return the gateway's public key, or None if its file is missing or holds no key."""
    try:
        return Ed25519PublicKey.from_public_bytes(bytes.fromhex((home.keys / PUBLIC).read_text("ascii")))
    except (OSError, ValueError):
        return None
