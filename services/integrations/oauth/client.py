"""The messages of OAuth 2.0 (RFC 6749, 7009, 7636) as a confidential client: authorize, exchange, refresh, revoke."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated
from urllib.parse import quote_plus, urlencode, urlsplit, urlunsplit

import msgspec

from contracts.refusals import Refusal
from kit.cancellation import run_until_cancelled
from kit.egress.retry_after import retry_after_s
from kit.egress.targets import Exceptions, TargetRefused
from kit.egress.transport import EgressFailed, GuardedTransport, Limits, PeerAnswer
from services.integrations.connectors.connector import UNREADABLE, PullFailed

LIMITS = Limits(total_s=10.0, body=64 * 1024)
LONGEST_CODE = 4_096
ENDED = frozenset({"invalid_grant", "access_denied", "bad_authorization_code", "unauthorized_client"})
"""Errors by which a provider says that the grant, or the code for it, is none any more."""
Token = Annotated[str, msgspec.Meta(min_length=1, max_length=8_192)]


class AuthorizationRefused(Refusal):
    """The user or the provider did not let the app read, or what came back cannot be used; nothing is connected."""


class Tokens(msgspec.Struct, frozen=True):
    """What a connection's secret is: `refresh` gives another access token, `expires_at` is when this one ends."""

    access: Token
    refresh: Token | None = None
    expires_at: float | None = None

    def __repr__(self) -> str:
        return "Tokens()"


SentToken = Annotated[str, msgspec.Meta(min_length=1, max_length=8_192, pattern="^[ -~]+$")]
"""A token of the characters that RFC 6749 gives it (appendix A.12): others could not be sent in a header."""


class _Answer(msgspec.Struct, frozen=True):
    """What a token endpoint answers, good or bad, whatever its status."""

    access_token: SentToken | None = None
    refresh_token: SentToken | None = None
    expires_in: float | None = None
    error: str | None = None


@dataclass(frozen=True)
class OAuthEndpoints:
    """Where a provider is authorized, gives tokens and revokes them."""

    authorize: str
    token: str
    revoke: str


@dataclass(frozen=True, kw_only=True)
class OAuthClient:
    """This server as a client of one provider; each request goes by the guarded transport and follows no redirect.

    `secret` and `redirect` are as registered there, `scope` in the provider's own spelling. `more` are parameters of
    its own in the address that is opened. With `issuer` an answer that names another is refused. `clock` gives Unix
    seconds.
    """

    id: str
    secret: str = field(repr=False)
    redirect: str
    scope: str
    endpoints: OAuthEndpoints
    exceptions: Exceptions
    clock: Callable[[], float]
    more: Mapping[str, str] = field(default_factory=dict)
    issuer: str | None = None
    limits: Limits = LIMITS

    def location(self, state: str, challenge: str) -> str:
        """Return the address that the browser opens, with the S256 challenge of a verifier."""
        parameters = {
            "response_type": "code",
            "client_id": self.id,
            "redirect_uri": self.redirect,
            "scope": self.scope,
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            **self.more,
        }
        parts = urlsplit(self.endpoints.authorize)
        query = "&".join(part for part in (parts.query, urlencode(parameters)) if part)
        return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))

    def exchange(self, code: str, verifier: str) -> Tokens:
        """Return the tokens of a code; raise PullFailed, with `ends_grant` for a code that is refused."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.redirect}
        return self._tokens({**form, "code_verifier": verifier}, None)

    def refresh(self, refresh: str) -> Tokens:
        """Return new tokens; raise PullFailed, with `ends_grant` where the provider gives none any more.

        A provider that does not rotate sends no refresh token: the one before goes on.
        """
        return self._tokens({"grant_type": "refresh_token", "refresh_token": refresh}, refresh)

    def revoke(self, tokens: Tokens) -> None:
        """End at the provider what was granted, which may be repeated; raise PullFailed where that did not work.

        A token that it does not know, or no longer, is as if revoked.
        """
        for token, hint in ((tokens.access, "access_token"), (tokens.refresh, "refresh_token")):
            if token is None:
                continue
            answer = self._posted(self.endpoints.revoke, {"token": token, "token_type_hint": hint}, self._basic())
            if answer.status not in {200, 204, 400, 404}:
                raise self._failed(answer, "revokes nothing")

    def _basic(self) -> Mapping[str, str]:
        pair = f"{quote_plus(self.id)}:{quote_plus(self.secret)}"
        return {"authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}

    def _tokens(self, form: Mapping[str, str], before: str | None) -> Tokens:
        client = {"client_id": self.id, "client_secret": self.secret}
        answer = self._posted(self.endpoints.token, {**form, **client}, {})
        try:
            said = msgspec.json.decode(answer.body, type=_Answer)
        except UNREADABLE:
            raise self._failed(answer, "gives no tokens that can be read") from None
        if said.error in ENDED:
            raise PullFailed("refused", "the provider does not let the app read any more", ends_grant=True, input_=True)
        if answer.status != 200 or said.error is not None or said.access_token is None:
            raise self._failed(answer, "gives no tokens")
        lasts_s = said.expires_in if said.expires_in is not None and said.expires_in > 0 else None
        expires_at = None if lasts_s is None else self.clock() + lasts_s
        return Tokens(said.access_token, said.refresh_token or before, expires_at)

    def _posted(self, url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> PeerAnswer:
        try:
            return run_until_cancelled(self._sent(url, urlencode(form).encode(), headers))
        except TargetRefused:
            raise PullFailed("address-refused", "the provider's address may not be asked") from None
        except EgressFailed as error:
            raise PullFailed("no-answer", f"the provider gave no usable answer: {error}") from None

    async def _sent(self, url: str, content: bytes, headers: Mapping[str, str]) -> PeerAnswer:
        named = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json", **headers}
        async with GuardedTransport(exceptions=self.exceptions, limits=self.limits) as transport:
            return await transport.request("POST", url, headers=named, content=content)

    def _failed(self, answer: PeerAnswer, what: str) -> PullFailed:
        wait_s = retry_after_s(answer.headers.get("retry-after"), self.clock())
        if answer.status in {429, 503} and wait_s is not None:
            return PullFailed("asked-to-wait", "the provider wants to be asked at another time", retry_after_s=wait_s)
        return PullFailed(f"tokens-{answer.status}", f"the provider answers {answer.status} and {what}")
