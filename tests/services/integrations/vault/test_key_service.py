"""Keys that a service in another process wraps: what holds while it is away, and what it refuses."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from contracts.refusals import Unavailable
from services.integrations.health import key_service_faults
from services.integrations.settings import IntegrationsTable, KeyServiceTable
from services.integrations.store import integrations_store
from services.integrations.vault.encryption_keys import EncryptionKeys
from services.integrations.vault.key_service import BadKeyService, key_service
from services.integrations.vault.rotation import rotate
from services.integrations.vault.vault import Place, Vault
from tests.byte_search import found
from tests.services.integrations.calendar_peer import calendar, event, tagged
from tests.services.integrations.vault.transit_peer import KEY, TOKEN, TransitPeer, transit
from tests.services.integrations.world import START, World

pytestmark = pytest.mark.slow
PLACE = Place("user-a", "icalendar", "connection-1", "grant")
MEETING = event("m", ":20270115T100000Z", ":20270115T110000Z", SUMMARY="Review")


@pytest.fixture
def peer_of_keys(tmp_path: Path) -> Iterator[TransitPeer]:
    """A service that answers."""
    with transit(tmp_path) as running:
        yield running


class _Elapsed:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_keys_are_good_for_five_minutes_without_their_service(tmp_path: Path, peer_of_keys: TransitPeer) -> None:
    """Then nothing opens until it is back; meanwhile it is not asked more often than every few seconds."""
    elapsed, folder = _Elapsed(), tmp_path / "keys"
    keys = EncryptionKeys(folder, service=peer_of_keys.service(), elapsed=elapsed)
    made, vault = keys.make(START), Vault(keys)
    assert [each.name for each in folder.iterdir()] == [f"vault-{made.id}.wrapped"]
    assert set(found(tmp_path, [made.secret, TOKEN.encode()])) == {peer_of_keys.state.name}
    sealed = vault.seal(PLACE, b"secret")
    peer_of_keys.stop()
    elapsed.now = 299.0
    assert vault.open(PLACE, sealed.data_key, sealed.sealed) == b"secret"
    elapsed.now = 301.0
    with pytest.raises(Unavailable, match="does not answer"):
        vault.open(PLACE, sealed.data_key, sealed.sealed)
    assert dict(key_service_faults(keys)) == {"vault keys": "the key management service does not answer"}
    peer_of_keys.start()
    elapsed.now = 303.0
    with pytest.raises(Unavailable, match="does not answer"):
        vault.seal(PLACE, b"other")
    elapsed.now = 307.0
    assert vault.open(PLACE, sealed.data_key, sealed.sealed) == b"secret"
    assert dict(key_service_faults(keys)) == {"vault keys": ""}


def test_what_the_service_refuses_opens_nothing(tmp_path: Path, peer_of_keys: TransitPeer) -> None:
    """A wrong token, a key that is not there, a file under another's name, a version that is not allowed any more."""
    folder = tmp_path / "keys"
    first, second = (EncryptionKeys(folder, service=peer_of_keys.service()).make(START + n) for n in (0, 1))
    for service, says in (
        (peer_of_keys.service(token="other"), "does not let this server use its key tipbench"),
        (peer_of_keys.service(key="other"), "cannot do that with its key other"),
        (None, "is wrapped by a service"),
    ):
        with pytest.raises(Unavailable, match=says) as refused:
            EncryptionKeys(folder, service=service).key(first.id)
        assert TOKEN not in str(refused.value)
    with pytest.raises(Unavailable, match="does not know its key other"):
        EncryptionKeys(folder, service=peer_of_keys.service(key="other")).make(START)
    files = [folder / f"vault-{key.id}.wrapped" for key in (first, second)]
    files[1].write_bytes(files[0].read_bytes())
    with pytest.raises(Unavailable, match="cannot do that"):
        EncryptionKeys(folder, service=peer_of_keys.service()).key(second.id)
    assert EncryptionKeys(folder, service=peer_of_keys.service()).key(first.id) == first
    peer_of_keys.change(oldest=2)
    with pytest.raises(Unavailable, match="cannot do that"):
        EncryptionKeys(folder, service=peer_of_keys.service()).key(first.id)


def test_a_rotation_goes_over_to_the_service_and_on(here: World, peer_of_keys: TransitPeer) -> None:
    """Data keys are wrapped by a key that the service wraps, and the files that it does not go; no secret is opened."""
    here.peer.answers["/a.ics"] = tagged(calendar(MEETING))
    made = here.connect("/a.ics")
    store, folder = integrations_store(here.engine), here.home.keys
    keys = EncryptionKeys(folder, service=peer_of_keys.service())
    assert dict(key_service_faults(keys))["vault keys"].endswith("run tipbench keys rotate vault")
    plain = keys.ids()
    for number in (1, 2):
        said = rotate(store, keys, here.now + number)
        assert said == f"{keys.ids()[-1]}: 1 data key wrapped by it"
    assert not set(plain) & set(keys.ids())
    assert {each.suffix for each in folder.glob("vault-*")} == {".wrapped"}
    assert EncryptionKeys(folder).has_files()
    there = here.module(EncryptionKeys(folder, service=peer_of_keys.service()))
    assert there.sync("user-a", made.id).last_sync is not None
    peer_of_keys.stop()
    away = here.module(EncryptionKeys(folder, service=peer_of_keys.service()))
    with pytest.raises(Unavailable, match="does not answer"):
        away.sync("user-a", made.id)
    assert away.connections("user-a").connections[0].state == made.state


def test_settings_that_name_no_service_that_can_be_used_are_refused() -> None:
    """Without the token's variable, and over plain http beyond loopback; the token is shown nowhere."""
    own = KeyServiceTable(at="https://kms.example:8200", key=KEY, token_env="KMS_TOKEN")
    made = key_service(IntegrationsTable(kms=own), lambda _: TOKEN)
    assert made is not None
    assert (made.at, made.exceptions) == ("https://kms.example:8200/v1/transit", frozenset({("kms.example", 8200)}))
    assert TOKEN not in repr(made)
    assert key_service(IntegrationsTable(), lambda _: TOKEN) is None
    for at, token, says in (
        ("https://kms.example", None, "KMS_TOKEN"),
        ("https://kms.example", f"{TOKEN}\n", "KMS_TOKEN"),
        ("http://kms.example", TOKEN, "plain http"),
        ("https://kms.example:99999", TOKEN, "no port"),
    ):
        table = IntegrationsTable(kms=KeyServiceTable(at=at, key=KEY, token_env="KMS_TOKEN"))
        variables: dict[str, str] = {} if token is None else {"KMS_TOKEN": token}
        with pytest.raises(BadKeyService, match=says) as refused:
            key_service(table, variables.get)
        assert TOKEN not in str(refused.value)
