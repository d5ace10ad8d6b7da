"""The webhook endpoint: signed messages with a judge's answers, stored before the response, published by the sensor."""

import hashlib
from collections.abc import Callable, Sequence

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from contracts.access.audit import AuditEntry, AuditLog
from contracts.judging import Receipt, ScoreMessages
from contracts.refusals import Refusal
from contracts.routes import Media, Rate, RouteCall, RouteSpec, Security
from kit.http.headers import header_of
from kit.http.webhook_signatures import verify
from kit.signed_messages import SIGNED, signing_key
from services.gateway.rest.uploads import receipt_answer

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
    ) -> None:
        self._messages, self._audit, self._clock, self._now = messages, audit, clock, now
        self._new_id = new_id
        self._keys = [signing_key(secret) for secret in secrets]

    async def answer(self, call: RouteCall) -> Response:
        """Return the receipt of a signed message; raise BadSignature, or another Refusal."""
        headers = {name: header_of(call.request.scope, name) or "" for name in SIGNED}
        message_id = verify(self._keys, headers, call.body, self._clock())
        return await run_in_threadpool(self._take, message_id, call.body)

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


ROUTES = (
    RouteSpec(
        method="POST",
        path="/webhooks/judge",
        name="takeWebhook",
        summary="A message of a judge's answers, signed as Standard Webhooks has it.",
        endpoint=JudgeWebhook.answer,
        body=Media(media_type="application/json", says="The experiment and the answers."),
        max_bytes=LARGEST,
        answer=Receipt,
        says="Stored, to be published soon, or stored before.",
        others={422: Receipt},
        refusals=(404, 409),
        security=Security.SIGNATURE,
        rate=Rate(name="webhooks", per_minute=1_200, under="/webhooks/"),
    ),
)
