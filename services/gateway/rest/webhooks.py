"""The webhook endpoint: signed messages of a judge's answers, kept when they are answered, published by the sensor."""

import hashlib
from collections.abc import Callable, Sequence

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from contracts.access.audit import AuditEntry, AuditLog
from contracts.judging import Receipt, Rounds
from contracts.refusals import Refusal
from services.gateway.rest.responses import of_receipt, of_refusal, problem
from services.gateway.rest.webhook_signatures import BadSignature, signing_key, verify

ENDPOINT = "judge"
LARGEST = 8 << 20


class JudgeWebhook:
    """POST /webhooks/judge; `secrets` are in force together, `clock` gives Unix seconds, `now` ISO 8601."""

    def __init__(
        self,
        rounds: Rounds,
        secrets: Sequence[str],
        *,
        audit: AuditLog,
        clock: Callable[[], float],
        now: Callable[[], str],
        new_id: Callable[[], str],
        max_bytes: int = LARGEST,
    ) -> None:
        self._rounds, self._audit, self._clock, self._now = rounds, audit, clock, now
        self._new_id, self._max_bytes = new_id, max_bytes
        self._keys = [signing_key(secret) for secret in secrets]

    def route(self) -> Route:
        """Return the route for the application's router."""
        return Route("/webhooks/judge", self._answer, methods=["POST"])

    async def _answer(self, request: Request) -> Response:
        try:
            body = await self._body(request)
        except ClientDisconnect:
            return problem(400, "INCOMPLETE", "the body was cut off")
        if body is None:
            return problem(413, "TOO_LARGE", f"a message has at most {self._max_bytes} bytes: send several")
        try:
            message_id = verify(self._keys, request.headers, body, self._clock())
        except BadSignature:
            return problem(401, "BAD_SIGNATURE", "the signature does not hold, or the message is not fresh")
        return await run_in_threadpool(self._take, message_id, body)

    async def _body(self, request: Request) -> bytes | None:
        """The raw bytes; None beyond the limit, at which reading stops."""
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > self._max_bytes:
                return None
        return bytes(body)

    def _take(self, message_id: str, body: bytes) -> Response:
        try:
            receipt = self._rounds.take_webhook(ENDPOINT, message_id, body)
        except Refusal as refusal:
            self._note(message_id, body, refusal.code, None)
            return of_refusal(refusal)
        self._note(message_id, body, "INVALID_INPUT" if receipt.state == "rejected" else "done", receipt)
        return of_receipt(receipt)

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
