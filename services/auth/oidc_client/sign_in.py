"""Signing in with a provider: authorization code, PKCE, state and nonce, all bound to the browser that began."""

import base64
import hmac
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import msgspec
import sqlalchemy as sa
from starlette.concurrency import run_in_threadpool

from contracts.access.auth import SignedIn
from contracts.access.caller import Caller
from contracts.access.oidc import ConfiguredAdmin, Provider, ProviderClient, ProviderMetadata, ProviderRefused
from contracts.refusals import Conflict, InvalidInput, NotFound
from services.auth.module import SECRET_LENGTH, AuthModule
from services.auth.oidc_client.id_tokens import Identity, kid_of, read_id_token
from services.auth.oidc_client.identities import Identities, raise_configured
from services.auth.oidc_client.login_transactions import (
    INVALID_TRANSACTION,
    Proofs,
    TransactionExpired,
    begin_transaction,
    consume_transaction,
    proofs_of,
)
from services.auth.oidc_client.return_paths import return_path
from services.auth.sessions.caller_cache import digest
from services.auth.sessions.credentials import caller_of, end_credential, find_caller
from services.auth.sessions.one_time_links import INVALID_LINK, find_link
from services.auth.tables import LINKS, SESSIONS

RECENT_S = 10 * 60.0
LONGEST_CODE = 4096


class SignInStarted(msgspec.Struct, frozen=True):
    """A sign-in in progress: `secret` is the cookie's value, `location` the provider's page."""

    secret: str
    location: str

    def __repr__(self) -> str:
        return "Begun()"


class SignInResult(msgspec.Struct, frozen=True):
    """A completed sign-in; `then` is the path to return to, `event` what the sign-in did."""

    signed_in: SignedIn
    then: str
    event: str


class SignIn:
    """Signs people in with the configured providers; `origin` is from settings, never from a request.

    `clock` gives Unix seconds, `ids()` a unique text, `random_bytes(n)` n random bytes.
    """

    def __init__(
        self,
        auth: AuthModule,
        client: ProviderClient,
        providers: Sequence[Provider],
        origin: str,
        *,
        identities: Identities,
        admins: Sequence[ConfiguredAdmin] = (),
        after: str = "/",
        clock: Callable[[], float] = time.time,
        ids: Callable[[], str] = lambda: secrets.token_hex(12),
        random_bytes: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._auth, self._client, self._origin, self._admins = auth, client, origin, tuple(admins)
        self._identities = identities
        self._after, self._clock, self._ids, self._random_bytes = after, clock, ids, random_bytes
        self.providers = {provider.name: provider for provider in providers}

    async def begin(
        self, name: str, then: str | None = None, *, invitation: str | None = None, linking: Caller | None = None
    ) -> SignInStarted:
        """Return the provider's address to open, and the cookie that the browser must bring back.

        `invitation` is the secret of one to redeem; `linking` is the caller who gets the identity, whose session must
        be at most ten minutes old. Raise NotFound, InvalidInput, Conflict or ProviderAway.
        """
        provider = self._provider(name)
        path = return_path(self._after if then is None else then)
        metadata = await self._client.metadata(provider.issuer)
        secret = base64.urlsafe_b64encode(self._random_bytes(32)).rstrip(b"=").decode("ascii")
        await run_in_threadpool(self._keep, secret, name, path, invitation, linking)
        return SignInStarted(
            secret, self._location(provider, metadata, proofs_of(secret), reauthenticate=linking is not None)
        )

    def _keep(self, secret: str, name: str, path: str, invitation: str | None, linking: Caller | None) -> None:
        now, link = self._clock(), None
        with self._auth.changing() as connection:
            if invitation is not None:
                link = _open_invitation(connection, invitation, now)
            if linking is not None:
                _recent_session(connection, linking.credential, now)
            credential = None if linking is None else linking.credential
            attempt = f"attempt-{self._ids()}"
            begin_transaction(connection, attempt, secret, name, path, now, link=link, credential=credential)

    def _location(self, provider: Provider, metadata: ProviderMetadata, proofs: Proofs, *, reauthenticate: bool) -> str:
        parameters = {
            "response_type": "code",
            "client_id": provider.client_id,
            "redirect_uri": self._redirect(provider),
            "scope": " ".join(provider.scopes),
            "state": proofs.state,
            "nonce": proofs.nonce,
            "code_challenge": proofs.challenge,
            "code_challenge_method": "S256",
            **({"response_mode": "form_post"} if provider.form_post else {}),
            **({"prompt": "login", "max_age": "0"} if reauthenticate else {}),
        }
        parts = urlsplit(metadata.authorization_endpoint)
        query = "&".join(part for part in (parts.query, urlencode(parameters)) if part)
        return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))

    async def finish(
        self, name: str, answer: Mapping[str, str], cookie: str | None, session: str | None
    ) -> SignInResult:
        """Complete a sign-in from the provider's callback parameters.

        `cookie` is the sign-in's secret; `session` is the browser's present session, which ends. The sign-in is used up
        before the provider is called. Raise TransactionExpired, ProviderRefused, ProviderAway, Conflict or NotFound.
        """
        provider = self._provider(name)
        if cookie is None or len(cookie) != SECRET_LENGTH:
            raise TransactionExpired(INVALID_TRANSACTION, ("state",))
        proofs = proofs_of(cookie)
        if not hmac.compare_digest(answer.get("state", "").encode("utf-8", "surrogatepass"), proofs.state.encode()):
            raise TransactionExpired(INVALID_TRANSACTION, ("state",))
        row = await run_in_threadpool(self._spend, cookie, name)
        who, grant = await self._identify(provider, answer, proofs)
        return await run_in_threadpool(self._arrive, row, who, grant, session)

    def _spend(self, cookie: str, name: str) -> Any:
        with self._auth.changing() as connection:
            return consume_transaction(connection, cookie, name, self._clock())

    async def _identify(
        self, provider: Provider, answer: Mapping[str, str], proofs: Proofs
    ) -> tuple[Identity, str | None]:
        """Who it is, and the token by which the grant can be taken back, where it will be."""
        metadata = await self._client.metadata(provider.issuer)
        said = answer.get("iss")
        if said != provider.issuer and (said is not None or metadata.authorization_response_iss_parameter_supported):
            raise ProviderRefused("the answer is another provider's")
        code = answer.get("code", "")
        if "error" in answer or not 0 < len(code) <= LONGEST_CODE:
            raise ProviderRefused("the provider did not sign you in")
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self._redirect(provider)}
        form |= {"client_id": provider.client_id, "code_verifier": proofs.verifier}
        client = None if provider.secret is None else (provider.client_id, provider.secret(self._clock()))
        given = await self._client.tokens(provider.issuer, form, client)
        key = await self._client.key(provider.issuer, kid_of(given.id_token, provider))
        who = read_id_token(given.id_token, key, provider, proofs.nonce, self._clock())
        return who, given.refresh_token if provider.revoke_on_erase else None

    def _arrive(self, row: Any, who: Identity, grant: str | None, session: str | None) -> SignInResult:
        now = self._clock()
        with self._auth.changing() as connection:
            user, event = self._user(connection, row, who, now)
            if grant is not None:
                self._identities.keep_grant(connection, who, user, grant)
            if raise_configured(connection, who, user, self._admins):
                event += ", now admin"
            self._end_session(connection, session)
            return SignInResult(self._auth.start(connection, user, now), row.next, event)

    def _user(self, connection: sa.Connection, row: Any, who: Identity, now: float) -> tuple[str, str]:
        new_user = f"user-{self._ids()}"
        if row.credential is not None:
            owner = _recent_session(connection, row.credential, now)
            if who.signed_in_at is None or who.signed_in_at < now - RECENT_S:
                raise ProviderRefused("linking needs a fresh sign-in at the provider, which this one does not show")
            self._identities.add(connection, who, owner, now)
            end_credential(connection, row.credential, self._auth.revocation_events, "linked")
            return owner, "linked"
        if row.link is not None:
            link = connection.execute(sa.select(LINKS).where(LINKS.c.id == row.link)).first()
            if link is None:
                raise NotFound(INVALID_LINK, ("secret",))
            return self._identities.invited(connection, who, link, new_user, now), "invited"
        known = self._identities.known(connection, who, now)
        if known is not None:
            return known, "known"
        return self._identities.new_user(connection, who, new_user, now), "new"

    def _end_session(self, connection: sa.Connection, secret: str | None) -> None:
        """End the session that a browser brought, whosever it is: the new one takes its place."""
        row = None if secret is None else find_caller(connection, "session", SESSIONS.c.secret_hash == digest(secret))
        if row is not None:
            end_credential(connection, row.id, self._auth.revocation_events, "replaced")

    def _provider(self, name: str) -> Provider:
        if name not in self.providers:
            raise NotFound("there is no provider of that name", ("provider",))
        return self.providers[name]

    def _redirect(self, provider: Provider) -> str:
        return f"{self._origin}/auth/callback/{provider.name}"


def _open_invitation(connection: sa.Connection, secret: str, now: float) -> str:
    """The id of an open invitation; NotFound, InvalidInput for a link that signs somebody in."""
    if len(secret) != SECRET_LENGTH:
        raise NotFound(INVALID_LINK, ("secret",))
    row = find_link(connection, digest(secret), now, local=True)
    if row.user is not None:
        raise InvalidInput("this is no invitation", ("secret",))
    return str(row.id)


def _recent_session(connection: sa.Connection, credential: str, now: float) -> str:
    """The user of a live session that began at most ten minutes ago; Conflict."""
    row = find_caller(connection, "session", SESSIONS.c.id == credential)
    caller = caller_of("session", row, now)
    if caller is None or now - row.created_at > RECENT_S:
        raise Conflict("linking needs a session that began in the last 10 minutes: sign in again first")
    return caller.subject
