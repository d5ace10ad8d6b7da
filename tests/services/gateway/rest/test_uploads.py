from typing import Any

import msgspec
import pytest

from services.gateway.rest.uploads import ROUTES, UploadEndpoint


@pytest.fixture(name="client")
def client_fixture(uploads: Any, log: Any, client_of: Any) -> Any:
    """An application with the one endpoint."""
    endpoint = UploadEndpoint(uploads, audit=log, now=lambda: "t", new_id=lambda: "r1")
    return client_of(ROUTES, endpoint)


def test_a_file_is_put_once(client: Any, uploads: Any, log: Any) -> None:
    """The receipt, then not found; the audit log knows the link by a hash."""
    answer = client.request("PUT", "/uploads/token", content=b"abc")
    assert (answer.status_code, answer.json()["state"]) == (200, "stored")
    assert uploads.taken == [("token", b"abc")]
    assert client.request("PUT", "/uploads/token", content=b"abc").status_code == 404
    assert [entry.outcome for entry in log.entries] == ["done"]
    assert "token" not in repr(log.entries)


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "GET", "POST", "DELETE", "PATCH"])
def test_other_methods_spend_nothing(client: Any, method: str) -> None:
    """A scanner's or a proxy's look at the address leaves it good."""
    assert client.request(method, "/uploads/token").status_code == 405
    assert client.request("PUT", "/uploads/token", content=b"abc").status_code == 200


def test_too_large_is_413_and_spends_nothing(client: Any, log: Any) -> None:
    """Said with the code that such a body has everywhere."""
    answer = client.request("PUT", "/uploads/token", content=b"x" * 2000)
    assert (answer.status_code, answer.json()["code"]) == (413, "TOO_LARGE")
    assert log.entries[0].outcome == "TOO_LARGE"
    assert client.request("PUT", "/uploads/token", content=b"x").status_code == 200


def test_a_rejected_file_is_422(client: Any, uploads: Any) -> None:
    """And the link may be used again."""
    good = uploads.answer()
    uploads.answer = lambda: msgspec.structs.replace(good, state="rejected", n_problems=1)
    assert client.request("PUT", "/uploads/token", content=b"x").status_code == 422
    uploads.answer = lambda: good
    assert client.request("PUT", "/uploads/token", content=b"x").status_code == 200


def test_guessing_addresses_fills_no_log(client: Any, log: Any) -> None:
    """Unknown links are 404 whatever they look like, and leave no row."""
    for guess in ("x", "a" * 5000, "%ed%a0%80", "%00"):
        assert client.request("PUT", f"/uploads/{guess}", content=b"x").status_code == 404
    assert log.entries == []
