"""What signing in with an OpenID provider needs: who the provider is, and what is asked of it over the network."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import msgspec

from contracts.refusals import Refusal

Jwk = dict[str, Any]
"""A public key as RFC 7517 writes it."""


class Provider(msgspec.Struct, frozen=True, kw_only=True):
    """A provider as configured; `name` stands in our paths, `label` is what people read.

    `secret` gives the client secret at a moment in Unix seconds, None for a public client. `algorithms` are the only
    ones that its ID tokens may be signed with. `loose_verified`: `email_verified` may also be the text "true".
    `revoke_on_erase`: its refresh token is kept, sealed, to take the grant back when the user is erased.
    """

    name: str
    label: str
    issuer: str
    client_id: str
    secret: Callable[[float], str] | None = None
    scopes: tuple[str, ...] = ("openid", "email")
    algorithms: tuple[str, ...] = ("RS256",)
    form_post: bool = False
    loose_verified: bool = False
    revoke_on_erase: bool = False

    def __repr__(self) -> str:
        return f"Provider(name={self.name!r}, issuer={self.issuer!r})"


class ConfiguredAdmin(msgspec.Struct, frozen=True, kw_only=True):
    """Who is admin by configuration: a subject of an issuer, or a verified address at that issuer; one of the two."""

    issuer: str
    subject: str | None = None
    email: str | None = None


class ProviderMetadata(msgspec.Struct, frozen=True):
    """A provider's discovery document, as far as it is used; unknown members are passed over."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    revocation_endpoint: str | None = None
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False


class ProviderTokens(msgspec.Struct, frozen=True):
    """What a code is exchanged for, as far as it is used."""

    id_token: str
    refresh_token: str | None = None

    def __repr__(self) -> str:
        return "ProviderTokens()"


class ProviderAway(Refusal):
    """The provider did not answer, or not as a provider does; nobody was signed in, nothing was taken back."""

    code = "PROVIDER_AWAY"


class ProviderRefused(Refusal):
    """The provider, or our own look at what it sent, refused what was asked."""

    code = "SIGN_IN_REFUSED"


class ProviderClient(Protocol):
    """Asks providers; https only except of a loopback issuer, no redirects, with caps on size and time."""

    async def metadata(self, issuer: str) -> ProviderMetadata:
        """The discovery document of exactly that issuer; ProviderAway."""
        ...

    async def key(self, issuer: str, kid: str) -> Jwk | None:
        """The issuer's key of that id, None when it has none; an unknown id asks at most once a minute."""
        ...

    async def tokens(self, issuer: str, form: Mapping[str, str], client: tuple[str, str] | None) -> ProviderTokens:
        """What a code is exchanged for; `client` is id and secret; ProviderRefused, ProviderAway."""
        ...

    async def revoke(self, issuer: str, form: Mapping[str, str], client: tuple[str, str] | None) -> None:
        """Take a token back as RFC 7009 has it, again and again if need be; ProviderRefused, ProviderAway."""
        ...
