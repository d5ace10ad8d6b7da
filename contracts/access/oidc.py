"""What signing in with an OpenID provider needs: its configuration, and the requests made to it over the network."""

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
    `hosts` are those beside the issuer's that its keys and endpoints may be at, with a port where that is not 443.
    `revoke_on_erase`: its refresh token is stored, sealed, to revoke the grant when the user is erased.
    """

    name: str
    label: str
    issuer: str
    client_id: str
    secret: Callable[[float], str] | None = None
    scopes: tuple[str, ...] = ("openid", "email")
    algorithms: tuple[str, ...] = ("RS256",)
    hosts: tuple[str, ...] = ()
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
    """A provider's discovery document, as far as it is used; unknown members are ignored."""

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
    """The provider did not answer, or not as a provider does; no user was signed in and nothing was revoked."""

    code = "PROVIDER_AWAY"


class ProviderRefused(Refusal):
    """The provider refused the request, or our own validation refused its answer."""

    code = "SIGN_IN_REFUSED"


class ProviderClient(Protocol):
    """Sends requests to providers: https only except to a loopback issuer, no redirects, limits on size and time."""

    async def metadata(self, issuer: str) -> ProviderMetadata:
        """Return the discovery document of exactly that issuer; raise ProviderAway."""
        ...

    async def key(self, issuer: str, kid: str) -> Jwk | None:
        """Return the issuer's key of that id, or None if it has none.

        An unknown id is requested at most once a minute.
        """
        ...

    async def tokens(self, issuer: str, form: Mapping[str, str], client: tuple[str, str] | None) -> ProviderTokens:
        """Return the tokens that a code is exchanged for; raise ProviderRefused or ProviderAway.

        `form` is the body of the token request; `client` is id and secret for HTTP Basic, None if they are in the form.
        """
        ...

    async def revoke(self, issuer: str, form: Mapping[str, str], client: tuple[str, str] | None) -> None:
        """Revoke a token as RFC 7009 has it, which may be repeated; raise ProviderRefused or ProviderAway."""
        ...
