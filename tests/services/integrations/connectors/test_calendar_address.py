"""Calendars by address: how an address is written, what is sent to it, and a server that others wrote."""

from pathlib import Path

import pytest

from contracts.integrations.connections import ConnectionProvider, NewConnection, SyncOutcome
from contracts.refusals import InvalidInput
from services.integrations.connectors.calendar_address import CalendarAddress
from tests.services.integrations.calendar_peer import CalendarPeer, calendar, event, status, tagged
from tests.services.integrations.connectors.radicale_peer import COLLECTION, radicale
from tests.services.integrations.world import START, World

NOBODY = CalendarAddress(frozenset(), lambda: START)


def _new(address: str) -> NewConnection:
    return NewConnection(provider=ConnectionProvider.ICALENDAR, address=address)


@pytest.mark.parametrize(
    ("given", "secret", "host"),
    [
        ("https://Cal.Example/a.ics?key=1", b"https://cal.example/a.ics?key=1", "cal.example"),
        (" webcal://cal.example/a.ics\n", b"https://cal.example/a.ics", "cal.example"),
        ("WEBCAL://cal.example", b"https://cal.example/", "cal.example"),
        (
            "https://b\u00fccher.example:443/\u00e4.ics",
            b"https://xn--bcher-kva.example/%C3%A4.ics",
            "xn--bcher-kva.example",
        ),
    ],
)
def test_an_address_has_one_spelling(given: str, secret: bytes, host: str) -> None:
    """As calendars write it, and as people paste it."""
    grant = NOBODY.authorize(_new(given))
    assert (grant.secret, grant.host) == (secret, host)


@pytest.mark.parametrize(
    "given",
    [
        "", "calendar", "http://cal.example/a.ics", "https://cal.example:8443/a.ics", "https://ada:pw@cal.example/a.ics",
        "https://127.1/a.ics", "https://2130706433/", "https://0x7f.1/", "https://[::1]/a.ics", "https://10.0.0.8/a.ics",
        "https://[::ffff:127.0.0.1]/", "https://[64:ff9b::7f00:1]/", "https://169.254.169.254/a.ics",
        "webcal://192.168.1.1/a.ics", "file:///etc/passwd", "https://cal.example/a b.ics", "https://" + "x" * 5_000,
    ],
)  # fmt: skip
def test_an_address_that_leads_nowhere_public_is_refused(given: str) -> None:
    """In every spelling, about the field, and nothing is sent."""
    with pytest.raises(InvalidInput) as refused:
        NOBODY.authorize(_new(given))
    assert refused.value.path == ("address",)


def test_a_name_that_leads_inside_is_refused_when_it_is_asked(here: World) -> None:
    """What the name resolves to counts, and the connection is not made."""
    here.peer.answers["/a.ics"] = tagged(calendar())
    with pytest.raises(InvalidInput, match="may not be asked"):
        here.integrations.connect("user-a", _new("https://localhost/a.ics"))
    assert here.peer.seen == []


def test_a_redirect_is_followed_three_times(here: World, peer: CalendarPeer) -> None:
    """And not a fourth; the address that was given stays the one that is asked."""
    peer.answers |= {f"/{n}": status(302, Location=f"/{n + 1}") for n in range(4)}
    peer.answers |= {"/4": tagged(calendar()), "/3": tagged(calendar())}
    made = here.connect("/0")
    assert [path for path, _ in peer.seen] == ["/0", "/1", "/2", "/3"]
    peer.answers["/3"] = status(302, Location="/4")
    again = here.integrations.sync("user-a", made.id)
    assert again.last_sync is not None
    assert (again.last_sync.code, peer.seen[-1][0]) == ("status-302", "/3")


def test_a_server_that_knows_no_conditions_is_read_once(here: World) -> None:
    """The same bytes again are no change, whatever its headers say."""
    body = calendar(event("a", ":20270115T100000Z", SUMMARY="Review"))
    here.peer.answers["/a.ics"] = status(200, body, Content_Type="text/calendar")
    made = here.connect("/a.ics")
    again = here.integrations.sync("user-a", made.id)
    assert again.last_sync is not None
    assert (again.last_sync.outcome, again.last_sync.items) == (SyncOutcome.UNCHANGED, 1)
    assert {"if-none-match", "if-modified-since", "content-sha256"} & set(here.peer.last) == set()


@pytest.mark.slow
def test_a_calendar_server_is_read(tmp_path: Path) -> None:
    """Radicale's calendar as it stands there: what is added comes, what is deleted there is deleted here."""
    events = {name: event(name, f":2027011{day}T100000Z", SUMMARY=name, DTSTAMP="20260101T000000Z")
              for name, day in (("one", 6), ("two", 7))}  # fmt: skip
    with radicale(tmp_path) as server:
        assert server.send("PUT", COLLECTION, calendar(events["one"])) == 201
        world = World(tmp_path / "home", CalendarPeer({}, server.port))
        made = world.connect(COLLECTION)
        assert world.titles(made) == ["one"]
        assert server.send("PUT", f"{COLLECTION}two.ics", calendar(events["two"])) == 201
        for expected, outcome in ((["one", "two"], SyncOutcome.SYNCED), (["one", "two"], SyncOutcome.UNCHANGED)):
            synced = world.integrations.sync("user-a", made.id)
            assert synced.last_sync is not None
            assert (world.titles(made), synced.last_sync.outcome) == (expected, outcome)
        assert server.send("DELETE", f"{COLLECTION}two.ics") == 200
        world.integrations.sync("user-a", made.id)
        assert world.titles(made) == ["one"]
        world.close()
