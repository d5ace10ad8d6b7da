"""The upload endpoint: one file of scores, under a secret address."""

import hashlib
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contracts.access.audit import AuditEntry, AuditLog
from contracts.judging import Receipt, ScoreUploads
from contracts.refusals import NotFound, Refusal
from kit.http.answers import answering
from kit.http.bodies import Incomplete, body_parts
from services.gateway.rest.receipts import receipt_answer


class UploadEndpoint:
    """PUT /uploads/TOKEN; other methods are refused and do not use up the token. It needs no other credential."""

    def __init__(
        self, uploads: ScoreUploads, *, audit: AuditLog, now: Callable[[], str], new_id: Callable[[], str]
    ) -> None:
        self._uploads, self._audit, self._now, self._new_id = uploads, audit, now, new_id

    def route(self) -> Route:
        """Return the route for the application's router."""
        return Route("/uploads/{token}", answering(self._answer), methods=["PUT"])

    async def _answer(self, request: Request) -> Response:
        token = request.path_params["token"]
        try:
            receipt = await self._uploads.take(token, body_parts(request.receive), None)
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
