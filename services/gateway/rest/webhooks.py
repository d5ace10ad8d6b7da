"""The webhook endpoint: signed messages with a judge's answers, stored before the response, published by the sensor."""

import hashlib
from collections.abc import Callable, Sequence

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contracts.access.audit import AuditEntry, AuditLog
from contracts.judging import Receipt, ScoreMessages
from contracts.refusals import Refusal
from kit.http.answers import answering
from kit.http.bodies import read_body
from kit.http.headers import header_of
from services.gateway.rest.receipts import receipt_answer
from services.gateway.rest.webhook_signatures import SIGNED, signing_key, verify

ENDPOINT = "judge"
LARGEST = 8 << 20


class JudgeWebhook:
    """POST /webhooks/judge; all of `secrets` are valid, `clock` gives Unix seconds, `now` ISO 8601."""

    def __init__(
        self,
        messages: ScoreMessages,
        secrets: Sequence[str],
        *,
        audit: AuditLog,
        clock: Callable[[], float],
        now: Callable[[], str],
        new_id: Callable[[], str],
        max_bytes: int = LARGEST,
    ) -> None:
        self._messages, self._audit, self._clock, self._now = messages, audit, clock, now
        self._new_id, self._max_bytes = new_id, max_bytes
        self._keys = [signing_key(secret) for secret in secrets]

    def route(self) -> Route:
        """Return the route for the application's router."""
        return Route("/webhooks/judge", answering(self._answer), methods=["POST"])

    async def _answer(self, request: Request) -> Response:
        body = await read_body(request.scope, request.receive, self._max_bytes)
        headers = {name: header_of(request.scope, name) or "" for name in SIGNED}
        message_id = verify(self._keys, headers, body, self._clock())
        return await run_in_threadpool(self._take, message_id, body)

    def _take(self, message_id: str, body: bytes) -> Response:
        try:
            receipt = self._messages.take(ENDPOINT, message_id, body)
        except Refusal as refusal:
            self._note(message_id, body, refusal.code, None)
            raise
        self._note(message_id, body, "INVALID_INPUT" if receipt.state == "rejected" else "done", receipt)
        return receipt_answer(receipt)

    def _note(self, message_id: str, body: bytes, outcome: str, receipt: Receipt | None) -> None:
        self._audit.add(
            AuditEntry(
                at=self._now(),
                actor=f"webhook:{ENDPOINT}:{message_id[:64]}",
                role="WEBHOOK",
                operation="takeWebhook",
                target=receipt.experiment if receipt else "",
                input_hash=hashlib.sha256(body).hexdigest(),
                outcome=outcome,
                request_id=self._new_id(),
                after={"sha256": receipt.sha256, "state": receipt.state} if receipt else {},
            )
        )
