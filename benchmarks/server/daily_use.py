"""What the parts of a server store in a day of use, with the clock passed in; `year` and a test simulate many days."""

import asyncio
import base64
import hashlib
import json
import os
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from contracts.access.audit import AuditEntry
from contracts.access.caller import Caller, Role
from contracts.modules.events import VOCABULARY, Event, TipShownV1
from kit.times import iso
from resources.bench_context import BenchContext
from resources.judging.rounds.uploads import Uploads
from resources.judging.rounds.webhooks import Webhooks
from resources.lake.specs import pinned_spec
from resources.launching.launch_keys import LaunchKeys
from resources.sql.audit_log import AuditTable
from services.auth.module import AuthModule
from services.auth.oauth_server.authorization_request import AuthorizationRequest, OAuthError
from services.auth.oauth_server.clients import NativeClient
from services.auth.oauth_server.grants import ClientGrants, Issued
from services.auth.tokens.signing_keys import KeyRing
from services.events.delivery.dispatcher import Dispatcher
from services.events.envelope import Codec
from services.events.inbox import Inbox
from services.gateway.edge.idempotency_store import IdempotencyStore, StoredResponse
from wiring.keys import home_keys
from wiring.modules.events import Events

DAY_S = 86_400.0
USERS = 20
APP = NativeClient("app", "App", ("com.example.app:/signed-in",))
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


@dataclass(frozen=True)
class Counts:
    """How often a day has each of these."""

    signals: int = 50
    changes: int = 10
    """Mutations under an idempotency key: an audit row and a stored answer each."""
    launches: int = 2
    sign_ins: int = 2
    tokens: int = 1
    refreshes: int = 5
    webhooks: int = 1
    uploads: int = 1
    """Upload links; every second one is used."""


class DailyUse:
    """The stores of a server on one home and database; `now` is their clock, in Unix seconds.

    `experiment` has been exported for `judge`.
    """

    def __init__(self, bench: BenchContext, database: sa.Engine, experiment: str, judge: str, now: float) -> None:
        self.now, self._bench, self._database, self._experiment = now, bench, database, experiment
        self._body = self._message(judge)
        sealer = home_keys(bench.home).sealer
        self._events = Events(database, sealer, clock=self._clock)
        inbox = Inbox(self._events.signals, Codec(sealer, VOCABULARY))
        self._dispatcher = Dispatcher(database, [inbox], clock=self._clock)
        self.auth = AuthModule(database, KeyRing(bench.home.keys), clock=self._clock, bus=self._events.bus)
        self._replies = IdempotencyStore(database, sealer, self._clock)
        self._audit = AuditTable(database)
        self._launches = LaunchKeys(database, lambda: iso(self.now))
        self._webhooks = Webhooks(bench, database, clock=self._clock, random_bytes=os.urandom)
        self._uploads = Uploads(
            bench, database, clock=self._clock, random_bytes=os.urandom, still_allowed=lambda *_: True
        )
        self._grants = ClientGrants(
            self.auth, clock=self._clock, ids=lambda: secrets.token_hex(12), random_bytes=os.urandom
        )
        self._allowed: Issued | None = None

    def day(self, counts: Counts, days: int = 1) -> None:
        """Move the clock on by `days` and have one day of that use."""
        self.now += days * DAY_S
        self._signals(counts.signals)
        for number in range(counts.changes):
            self.change(f"change-{number}")
        for number in range(counts.launches):
            with self._launches.claim("admin", "launch", f"{self.now}-{number}", "0" * 64, self._experiment) as claim:
                claim.launched(secrets.token_hex(16))
        admin = self._signed_in(counts.sign_ins)
        for _ in range(counts.tokens):
            self.auth.issue_token(Role.ADMIN, 3_600)
        self._refreshes(counts.refreshes, admin)
        for number in range(counts.webhooks):
            self._webhooks.take("scores", f"{self.now}-{number}", self._body)
        self._links(counts.uploads, admin)

    def change(self, key: str) -> None:
        """Have a mutation under a key: its audit row and its answer."""
        at, route, digest = iso(self.now), "POST /graphql", hashlib.sha256(key.encode()).hexdigest()
        self._replies.claim("user-0", route, f"{at} {key}", digest)
        entry = AuditEntry(
            at=at,
            actor="user-0",
            role="ADMIN",
            operation="setBaseline",
            target=self._experiment,
            input_hash=digest,
            outcome="done",
            request_id=secrets.token_hex(16),
        )
        self._audit.add(entry)
        answer = StoredResponse(200, [("content-type", "application/json")], b'{"data": {"done": true}}' * 20)
        self._replies.keep("user-0", route, f"{at} {key}", answer)

    def _clock(self) -> float:
        return self.now

    def _signals(self, count: int) -> None:
        """Publish in transactions of 50, then deliver all."""
        events = [self._shown(number) for number in range(count)]
        for start in range(0, count, 50):
            with self._database.begin() as connection:
                for event in events[start : start + 50]:
                    self._events.bus.publish(connection, event)
        while self._dispatcher.step():
            pass

    def _shown(self, number: int) -> Event:
        data = TipShownV1(decision=secrets.token_hex(16), tip=secrets.token_hex(16), surface="home", position=0)
        user = f"user-{number % USERS}"
        return Event(id=secrets.token_hex(16), source="/app", time=iso(self.now), data=data, user=user)

    def _signed_in(self, count: int) -> Caller:
        caller = self.auth.redeem(self.auth.local_link().secret).caller
        for _ in range(count - 1):
            self.auth.redeem(self.auth.local_link().secret)
        return caller

    def _refreshes(self, count: int, admin: Caller) -> None:
        """Have an app refresh its tokens, which the user allows again when the grant is over or a month unused."""
        for _ in range(count):
            try:
                self._allowed = self._grants.refresh(APP.id, self._allowed.refresh if self._allowed else "")
            except OAuthError:  # at the first time, and at the grant's end
                request = AuthorizationRequest(APP, APP.redirects[0], None, CHALLENGE)
                code = self._grants.code(request, admin.subject)
                self._allowed = self._grants.exchange(APP.id, code, APP.redirects[0], VERIFIER)

    def _links(self, count: int, admin: Caller) -> None:
        for number in range(count):
            link = self._uploads.make(self._experiment, None, len(self._body), admin)
            if number % 2 == 0:
                asyncio.run(self._uploads.take(link.token, self._lines(), admin))

    async def _lines(self) -> AsyncIterator[bytes]:
        yield b"".join(json.dumps(answer).encode() + b"\n" for answer in json.loads(self._body)["answers"])

    def _message(self, judge: str) -> bytes:
        """Return a message that answers every item of the judge's newest folder."""
        rubric = pinned_spec(self._bench.home, self._experiment).rubric
        folder = max(self._bench.home.exports(self._experiment, judge).glob("[0-9]*"))
        items = [json.loads(line)["item"] for line in (folder / "items.jsonl").read_text("utf-8").splitlines()]
        scores: dict[str, Any] = {name: 1 if name in rubric.yes_no else rubric.scale.low for name in rubric.names}
        answers = [{"item": item, "rubric": rubric.ref, "scores": scores} for item in items]
        return json.dumps({"experiment": self._experiment, "answers": answers}).encode()
