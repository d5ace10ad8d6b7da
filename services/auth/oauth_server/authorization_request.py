"""A native client's authorization request, and the errors of RFC 6749 that answer it."""

import base64
import binascii
import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

import msgspec

from contracts.refusals import InvalidInput
from services.auth.oauth_server.clients import NativeClient

LONGEST_QUERY = 1_500
LONGEST_STATE = 512
CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")


class OAuthError(Exception):
    """An error with its code of RFC 6749; `status` is the HTTP status at the token endpoint."""

    def __init__(self, error: str, said: str, status: int = 400) -> None:
        self.error, self.said, self.status = error, said, status
        super().__init__(error)


class AuthorizationRequest(msgspec.Struct, frozen=True):
    """A request for a code whose answer may go to `redirect`; `problem` is the error to answer, None if it is valid."""

    client: NativeClient
    redirect: str
    state: str | None
    challenge: str = ""
    problem: tuple[str, str] | None = None

    def location(self, issuer: str, **answer: str) -> str:
        """Return the redirect address with the answer's parameters, the client's state and the issuer (RFC 9207)."""
        state = {} if self.state is None else {"state": self.state}
        return f"{self.redirect}?{urlencode({**answer, **state, 'iss': issuer})}"

    def refused(self, issuer: str, problem: tuple[str, str]) -> str:
        """Return the redirect address with an error code and its description."""
        return self.location(issuer, error=problem[0], error_description=problem[1])


def read_authorization_request(query: str, clients: Mapping[str, NativeClient]) -> AuthorizationRequest:
    """Return the request in a query; raise InvalidInput while client and redirect are not known to be valid."""
    pairs = pairs_of(query)
    given = dict(pairs)
    client = clients.get(given.get("client_id", ""))
    redirect = given.get("redirect_uri", "")
    names = [name for name, _ in pairs]
    if client is None or names.count("client_id") > 1:
        raise InvalidInput("this app is not known here: client_id", ("client_id",))
    if not client.takes(redirect) or names.count("redirect_uri") > 1:
        raise InvalidInput("this app is not answered at that address: redirect_uri", ("redirect_uri",))
    state = given.get("state")
    if state is not None and (len(state) > LONGEST_STATE or names.count("state") > 1):
        raise InvalidInput(f"state is over {LONGEST_STATE} characters, or there twice", ("state",))
    problem = _problem(given) if len(given) == len(pairs) else ("invalid_request", "a parameter is there twice")
    return AuthorizationRequest(client, redirect, state, given.get("code_challenge", ""), problem)


def _problem(given: Mapping[str, str]) -> tuple[str, str] | None:
    kind = given.get("response_type")
    if kind is None:
        return "invalid_request", "response_type is missing"
    if kind != "code":
        return "unsupported_response_type", "response_type is code"
    if given.get("response_mode", "query") != "query":
        return "invalid_request", "response_mode is query"
    if given.get("code_challenge_method") != "S256" or not CHALLENGE.fullmatch(given.get("code_challenge", "")):
        return "invalid_request", "PKCE with S256 is required"
    if given.get("scope"):
        return "invalid_scope", "there are no scopes: leave scope out"
    return None


def pairs_of(query: str) -> list[tuple[str, str]]:
    """Return the query's parameters in order; raise InvalidInput if it cannot be parsed."""
    if len(query) > LONGEST_QUERY:
        raise InvalidInput(f"the request is over {LONGEST_QUERY} characters")
    try:
        return parse_qsl(query, keep_blank_values=True, max_num_fields=30, errors="strict")
    except ValueError:
        raise InvalidInput("the request cannot be read") from None


def packed(query: str) -> str:
    """Return a query as base64url, so that it fits into one path segment or form field."""
    return base64.urlsafe_b64encode(query.encode()).rstrip(b"=").decode("ascii")


def unpacked(text: str) -> str:
    """Return the query in a text that `packed` made; raise InvalidInput for any other.

    The result is untrusted and must be validated again.
    """
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        return raw.decode("ascii")
    except (ValueError, binascii.Error):
        raise InvalidInput("the request cannot be read", ("request",)) from None
