"""Taking back what a user granted us, at a certified provider run by Node on loopback."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from contracts.access.oidc import Provider, ProviderAway, ProviderRefused
from resources.oidc import OidcClient
from services.auth.module import AuthModule
from services.auth.oidc_client.provider_revocation import ProviderGrants
from services.auth.oidc_client.sign_in import SignIn
from services.auth.retention import AuthRetention
from services.auth.tables import IDENTITIES
from services.auth.tokens.signing_keys import KeyRing
from tests.deadline import DEADLINE_S
from tests.ports import reserved_port
from tests.services.auth.browsing import ORIGIN, Visit, identities_in
from tests.services.auth.node_peer import at_the_provider, provider_running

REDIRECT = f"{ORIGIN}/auth/callback/peer"
SECRET = "planted secret+/%"
pytestmark = pytest.mark.slow


@pytest.fixture
def port() -> Iterator[int]:
    """Where the provider listens."""
    with reserved_port() as found, provider_running("provider.mjs", found, REDIRECT):
        yield found


class Left:
    """One user of one provider, who has signed in there; `given` are the tokens of each sign-in."""

    def __init__(self, engine: sa.Engine, folder: Path, port: int, *, revoke: bool = True) -> None:
        self.engine = engine
        self.auth = AuthModule(engine, KeyRing(folder / "keys"), clock=time.time)
        self.secret = SECRET
        self.provider = Provider(
            name="peer",
            label="Peer",
            issuer=f"http://127.0.0.1:{port}",
            client_id="tipbench",
            secret=lambda _: self.secret,
            revoke_on_erase=revoke,
        )
        self.known, self.identities, self.user = [self.provider], identities_in(folder), ""
        self.grants = ProviderGrants(engine, self.identities, lambda: self.known, lambda: OidcClient(wait_s=DEADLINE_S))

    def sign_in(self) -> None:
        """As a person does."""

        async def run() -> None:
            signing = SignIn(
                self.auth, OidcClient(wait_s=DEADLINE_S), [self.provider], ORIGIN, identities=self.identities
            )
            visit = Visit(signing, self.auth, None)
            async with visit.browser:
                begun = await visit.browser.get("/auth/login/peer")
                given = await at_the_provider(begun.headers["location"], "alice")
                answer = await visit.browser.get("/auth/callback/peer", params=given)
                assert answer.status_code == 303
                self.user = (await visit.me())["subject"]

        asyncio.run(run())

    def row(self) -> sa.RowMapping:
        """The identity as kept."""
        with self.engine.connect() as connection:
            return connection.execute(sa.select(IDENTITIES)).mappings().one()

    def works(self, token: str) -> bool:
        """Whether the provider still takes a refresh token."""
        form = {"grant_type": "refresh_token", "refresh_token": token}
        try:
            asyncio.run(OidcClient(wait_s=DEADLINE_S).tokens(self.provider.issuer, form, ("tipbench", SECRET)))
        except ProviderRefused:
            return False
        return True


@pytest.fixture
def left(engine: sa.Engine, tmp_path: Path, port: int) -> Left:
    """Signed in once."""
    made = Left(engine, tmp_path, port)
    made.sign_in()
    return made


def test_the_token_works_no_more_after_it_was_taken_back(left: Left) -> None:
    """It is sealed in its row, shown in no export, and taking it back again changes nothing."""
    issuer, token = left.identities.opened_grant(left.row())
    assert issuer == left.provider.issuer
    assert token.encode() not in left.row()["grant"]
    for retention in AuthRetention(left.auth, left.identities).tables():
        with left.engine.connect() as connection:
            assert retention.export is None or token not in str(list(retention.export(connection, left.user)))
    assert left.grants.held(left.user)
    assert left.works(token)
    assert left.grants.take_back(left.user)
    assert not left.works(token)
    assert left.grants.take_back(left.user)


def test_the_token_of_the_latest_sign_in_is_kept(left: Left) -> None:
    """It takes the place of the one before."""
    before = left.identities.opened_grant(left.row())[1]
    left.sign_in()
    after = left.identities.opened_grant(left.row())[1]
    assert before != after
    assert left.grants.take_back(left.user)
    assert not left.works(after)


def test_a_provider_that_refuses_our_secret_takes_nothing_back(left: Left) -> None:
    """That can be tried again with the right one; what is said of it quotes neither token nor secret."""
    token, left.secret = left.identities.opened_grant(left.row())[1], "another secret"
    with pytest.raises(ProviderRefused) as refused:
        left.grants.take_back(left.user)
    assert token not in str(refused.value)
    assert left.secret not in str(refused.value)
    assert left.works(token)
    left.secret = SECRET
    assert left.grants.take_back(left.user)
    assert not left.works(token)


def test_a_provider_that_is_away_can_be_asked_again(engine: sa.Engine, tmp_path: Path) -> None:
    """ProviderAway while nobody listens; when it is back, what it does not know any more counts as taken back."""
    with reserved_port() as port:
        made = Left(engine, tmp_path, port)
        with provider_running("provider.mjs", port, REDIRECT):
            made.sign_in()
        with pytest.raises(ProviderAway):
            made.grants.take_back(made.user)
        with provider_running("provider.mjs", port, REDIRECT):
            assert made.grants.take_back(made.user)


def test_a_grant_of_a_provider_that_is_configured_no_more_stays(left: Left) -> None:
    """Nobody is asked, and the answer says so; so it is with a token that cannot be opened."""
    left.known = []
    assert not left.grants.take_back(left.user)
    left.known = [left.provider]
    with left.engine.begin() as connection:
        connection.execute(IDENTITIES.update().values(grant=b"damaged"))
    assert not left.grants.take_back(left.user)


def test_a_row_without_a_token_holds_nothing(engine: sa.Engine, tmp_path: Path, port: int) -> None:
    """Of a provider that is not asked at the end nothing is kept; nothing is then to be taken back."""
    made = Left(engine, tmp_path, port, revoke=False)
    made.sign_in()
    assert made.row()["grant"] is None
    assert not made.grants.held(made.user)
    assert made.grants.take_back(made.user)
