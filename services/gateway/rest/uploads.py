"""The upload endpoint: one file of scores, under a secret address."""

import hashlib
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from contracts.access.audit import AuditEntry, AuditLog
from contracts.judging import Receipt, ScoreUploads
from contracts.refusals import NotFound, Refusal
from contracts.routes import Media, Rate, RouteCall, RouteSpec, Security
from kit.http.answers import json_answer
from kit.http.bodies import Incomplete, body_parts

ANSWER_S = 300.0
"""Seconds in which a file is answered for: more than its check may take, so that its own words are the answer."""


def receipt_answer(receipt: Receipt) -> Response:
    """Return 200 with the receipt, 422 when it was rejected, as uploads and webhooks are answered."""
    return json_answer(receipt, 422 if receipt.state == "rejected" else 200)


class UploadEndpoint:
    """PUT /uploads/TOKEN; other methods are refused and do not use up the token. It needs no other credential."""

    def __init__(
        self, uploads: ScoreUploads, *, audit: AuditLog, now: Callable[[], str], new_id: Callable[[], str]
    ) -> None:
        self._uploads, self._audit, self._now, self._new_id = uploads, audit, now, new_id

    async def answer(self, call: RouteCall) -> Response:
        """Return the receipt of the file, which is checked while it comes in; raise a Refusal."""
        token = call.path["token"]
        try:
            receipt = await self._uploads.take(token, body_parts(call.request.receive), None)
        except Refusal as refusal:
            if not isinstance(refusal, NotFound | Incomplete):  # guessing addresses fills no log
                await run_in_threadpool(self._note, token, refusal.code, None)
            raise
        await run_in_threadpool(self._note, token, "INVALID_INPUT" if receipt.n_problems else "done", receipt)
        return receipt_answer(receipt)

    def _note(self, token: str, outcome: str, receipt: Receipt | None) -> None:
        link = hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
        self._audit.add(
            AuditEntry(
                at=self._now(),
                actor=f"upload:{link[:16]}",
                role="UPLOAD",
                operation="takeUpload",
                target=receipt.experiment if receipt else "",
                input_hash=receipt.sha256 if receipt else "",
                outcome=outcome,
                request_id=self._new_id(),
                after={"sha256": receipt.sha256, "state": receipt.state} if receipt else {},
            )
        )


ROUTES = (
    RouteSpec(
        method="PUT",
        path="/uploads/{token}",
        name="takeUpload",
        summary="Bring one file of scores, by a link that makeUpload gave.",
        endpoint=UploadEndpoint.answer,
        parameters={"token": str},
        body=Media(media_type="application/octet-stream", says="JSON Lines or CSV, as large as the link says."),
        max_bytes=None,
        answer_s=ANSWER_S,
        answer=Receipt,
        says="Stored, to be published soon, or stored before.",
        others={422: Receipt},
        refusals=(409,),
        security=Security.LINK,
        rate=Rate(name="uploads", per_minute=300, under="/uploads/", failures=True),
    ),
)
