"""What a provider sends a browser back with counts once, in the session that began it, and from that provider alone."""

import pytest

from contracts.integrations.connections import ConnectionProvider, NewAuthorization, ProviderReturn
from contracts.refusals import Conflict, InvalidInput
from services.integrations.connectors.connector import ProviderFailed
from services.integrations.module import ConnectionsErased
from services.integrations.oauth.authorizations import MOST_OF_A_USER, AuthorizationExpired, Browser, proofs_of
from services.integrations.oauth.client import AuthorizationRefused
from services.integrations.tables import AUTHORIZATIONS
from services.integrations.vault.encryption_keys import EncryptionKey, EncryptionKeys
from tests.byte_search import found
from tests.services.integrations.calendar_peer import status
from tests.services.integrations.world import World

TODOIST = ConnectionProvider.TODOIST
NEW = NewAuthorization(provider=TODOIST)


def _consented(world: World) -> ProviderReturn:
    """An authorization of user-a's first session, as the provider answers it."""
    assert world.provider is not None
    return world.provider.consents(world.integrations.authorize("user-a", "session-a", NEW).location)


def test_another_browser_cannot_end_it(with_todoist: World) -> None:
    """Neither another user, nor another session of the same one, nor another provider's callback; then it still may."""
    given = _consented(with_todoist)
    for user, session, provider in (
        ("user-b", "session-a", "todoist"),
        ("user-a", "session-b", "todoist"),
        ("user-a", "session-a", "google-calendar"),
        ("user-a", "session-a", "icalendar"),
        ("user-a", "session-a", "tödoist"),
    ):
        with pytest.raises(AuthorizationExpired, match="not begun in this browser"):
            with_todoist.integrations.authorized(user, session, provider, given)
    assert with_todoist.rows()["integrations_connections"] == 0
    assert with_todoist.integrations.authorized("user-a", "session-a", "todoist", given).last_sync is not None


def test_it_ends_once_and_within_ten_minutes(with_todoist: World) -> None:
    """The second use, a late one and a state of nobody's are refused, whatever the code is."""
    first, late = _consented(with_todoist), _consented(with_todoist)
    with_todoist.integrations.authorized("user-a", "session-a", "todoist", first)
    with_todoist.now += 601.0
    for given in (first, late, ProviderReturn(code="x"), ProviderReturn(state="x" * 101), ProviderReturn(state="x")):
        with pytest.raises(AuthorizationExpired):
            with_todoist.integrations.authorized("user-a", "session-a", "todoist", given)


def test_a_code_of_another_authorization_is_refused_by_its_verifier(with_todoist: World) -> None:
    """The provider holds each code against the challenge that it was made for."""
    own, other = _consented(with_todoist), _consented(with_todoist)
    with pytest.raises(AuthorizationRefused, match="takes this no more"):
        with_todoist.integrations.authorized(
            "user-a", "session-a", "todoist", ProviderReturn(state=own.state, code=other.code)
        )
    assert with_todoist.rows()["integrations_connections"] == 0


def test_who_does_not_agree_connects_nothing_and_may_begin_again(with_todoist: World) -> None:
    """The refusal ends the authorization; a code beside it is not looked at."""
    given = _consented(with_todoist)
    refused = ProviderReturn(state=given.state, code=given.code, error="access_denied")
    with pytest.raises(AuthorizationRefused, match="nothing is connected"):
        with_todoist.integrations.authorized("user-a", "session-a", "todoist", refused)
    with pytest.raises(AuthorizationExpired):
        with_todoist.integrations.authorized("user-a", "session-a", "todoist", given)


@pytest.mark.parametrize(
    "body", [b"<html>", b'{"access_token": ""}', b'{"token_type": "Bearer"}', b'{"error": "busy"}']
)
def test_a_token_endpoint_that_gives_no_token_connects_nothing(with_todoist: World, body: bytes) -> None:
    """Not even with 200; the sentence names no secret."""
    assert with_todoist.provider is not None
    given = _consented(with_todoist)
    with_todoist.provider.answers["/oauth/access_token"] = status(200, body)
    with pytest.raises(ProviderFailed, match="the provider answers 200") as raised:
        with_todoist.integrations.authorized("user-a", "session-a", "todoist", given)
    assert given.code not in str(raised.value)
    assert with_todoist.rows()["integrations_connections"] == 0


def test_an_erased_user_is_granted_nothing(with_todoist: World) -> None:
    """What the provider granted meanwhile is revoked there."""
    assert with_todoist.provider is not None
    given = _consented(with_todoist)
    with_todoist.sealer.seal("user-a", "place", b"so that there is a key")
    with_todoist.sealer.destroy("user-a")
    with pytest.raises(ConnectionsErased):
        with_todoist.integrations.authorized("user-a", "session-a", "todoist", given)
    assert with_todoist.provider.granted == 0


def test_what_cannot_be_begun_is_refused(with_todoist: World, here: World) -> None:
    """An address, a zone that does not exist, a provider that this server is no client of, and too many at once."""
    for new, error in (
        (NewAuthorization(provider=ConnectionProvider.ICALENDAR), InvalidInput),
        (NewAuthorization(provider=TODOIST, time_zone="Mars/Olympus"), InvalidInput),
    ):
        with pytest.raises(error):
            with_todoist.integrations.authorize("user-a", "session-a", new)
    with pytest.raises(Conflict, match="no client"):
        here.integrations.authorize("user-a", "session-a", NEW)
    for _ in range(MOST_OF_A_USER):
        with_todoist.integrations.authorize("user-a", "session-a", NEW)
    with pytest.raises(Conflict, match="too many"):
        with_todoist.integrations.authorize("user-a", "session-a", NEW)
    with_todoist.integrations.authorize("user-b", "session-b", NEW)
    with_todoist.now += 601.0
    with_todoist.integrations.authorize("user-a", "session-a", NEW)


def test_neither_state_nor_verifier_is_stored(with_todoist: World) -> None:
    """The row has a keyed hash; the verifier is derived again, and is another one in another session."""
    given = _consented(with_todoist)
    mine = proofs_of(b"i" * 32, given.state, Browser("user-a", "session-a"))
    assert proofs_of(b"i" * 32, given.state, Browser("user-a", "session-b")).verifier != mine.verifier
    assert len(mine.verifier) == 43
    assert found(with_todoist.home.root, [given.state.encode(), mine.verifier.encode()]) == {}
    assert mine.verifier not in repr(mine)


class _WaitingKeys(EncryptionKeys):
    """Keys of which the newest comes from elsewhere, and while it comes others write."""

    def __init__(self, world: World) -> None:
        super().__init__(world.home.keys)
        self._world, self.waits = world, 0

    def newest(self) -> EncryptionKey:
        """Write as another one does, who waits for no more than a moment, and return the key."""
        self.waits += 1
        with self._world.engine.begin() as connection:
            connection.execute(AUTHORIZATIONS.delete().where(AUTHORIZATIONS.c.id == "nobody's"))
        return super().newest()


def test_no_writer_waits_for_a_key_of_the_vault(with_todoist: World) -> None:
    """A grant is sealed outside of its transaction, for a new connection and for the one before."""
    world = with_todoist
    assert world.provider is not None
    keys = _WaitingKeys(world)
    module = world.module(keys)
    made = [
        module.authorized("user-a", "session-a", "todoist", world.provider.consents(begun.location)).id
        for begun in (module.authorize("user-a", "session-a", NEW) for _ in range(2))
    ]
    assert made[0] == made[1]
    assert keys.waits == 2
    assert world.rows()["integrations_connections"] == 1
