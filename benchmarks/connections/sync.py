"""CPU time of reading 10,000 entries of a provider that speaks as Google Calendar does, and of reading no change.

usage: python -m benchmarks.connections.sync [--entries N]

Bare is a client that fetches the same pages of the same peer and decodes them; both include what the peer needs, since
it runs in this process. The second sync asks by the sync token and gets nothing. 5,000 items are stored at most.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from contracts.integrations.connections import ConnectionProvider
from tests.services.integrations.calendar_peer import CalendarPeer
from tests.services.integrations.oauth_peer import OAuthPeer, providing
from tests.services.integrations.provider_apis import GoogleApi, timed
from tests.services.integrations.world import START, World

PAGE = 2_500
EVENTS = "/calendar/v3/calendars/primary/events"


def filled(entries: int) -> GoogleApi:
    """Return a calendar with so many entries in the coming four weeks."""
    google = GoogleApi(page=PAGE)
    for number in range(entries):
        day, minute = 16 + number % 15, number % 60
        start, end = f"2027-01-{day}T09:{minute:02}:00Z", f"2027-01-{day}T10:{minute:02}:00Z"
        google.put(f"entry-{number}", **timed(start, end, summary=f"Review of part {number}"))
    return google


def fetch(provider: OAuthPeer) -> None:
    """Fetch and decode all pages as a client does that stores nothing."""
    query = {"singleEvents": "true", "timeMin": "2027-01-14T08:00:00Z", "timeMax": "2027-02-12T08:00:00Z"}
    (token,) = provider.access
    while True:
        answer = httpx.get(provider.origin + EVENTS, params=query, headers={"authorization": f"Bearer {token}"})
        page = answer.json().get("nextPageToken")
        if page is None:
            return
        query["pageToken"] = page


def seconds_of(call: Callable[[], object]) -> float:
    """Return the CPU time of a call in this process."""
    begun = time.process_time()
    call()
    return time.process_time() - begun


def main() -> None:
    """Print the three, and the first and the second sync over bare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=10_000)
    google = filled(parser.parse_args().entries)
    with tempfile.TemporaryDirectory() as folder, providing(OAuthPeer(google, lambda: START)) as provider:
        world = World(Path(folder) / "home", CalendarPeer({}), provider=provider)
        first = seconds_of(lambda: world.authorize(ConnectionProvider.GOOGLE_CALENDAR))
        bare = min(seconds_of(lambda: fetch(provider)) for _ in range(3))
        (made,) = world.integrations.connections("user-a").connections
        again = min(seconds_of(lambda: world.integrations.sync("user-a", made.id)) for _ in range(3))
        world.close()
    print(f"bare {bare:.3f} s, first sync {first:.3f} s ({first / bare:.1f} x), without change {again:.3f} s", end=" ")
    print(f"({again / bare:.2f} x bare, {again / first:.3f} x the first)")


if __name__ == "__main__":
    main()
