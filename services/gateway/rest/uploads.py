"""The upload endpoint: one file of scores by the secret address that was made for it."""

import hashlib
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from contracts.access.audit import AuditEntry, AuditLog
from contracts.judging import Receipt, Rounds
from contracts.refusals import InvalidInput, NotFound, Refusal
from services.gateway.rest.responses import of_receipt, of_refusal, problem


class UploadEndpoint:
    """PUT /uploads/TOKEN; other methods are refused and spend nothing. The token is all that is asked for."""

    def __init__(self, rounds: Rounds, *, audit: AuditLog, now: Callable[[], str], new_id: Callable[[], str]) -> None:
        self._rounds, self._audit, self._now, self._new_id = rounds, audit, now, new_id

    def route(self) -> Route:
        """Return the route for the application's router."""
        return Route("/uploads/{token}", self._answer, methods=["PUT"])

    async def _answer(self, request: Request) -> Response:
        token = request.path_params["token"]
        try:
            receipt = await self._rounds.take_upload(token, request.stream(), None)
        except ClientDisconnect:
            return problem(400, "INCOMPLETE", "the body was cut off; the link can be used again")
        except Refusal as refusal:
            if not isinstance(refusal, NotFound):  # guessing addresses fills no log
                await run_in_threadpool(self._note, token, refusal.code, None)
            return of_refusal(refusal, too_large=isinstance(refusal, InvalidInput) and refusal.path == ("body",))
        await run_in_threadpool(self._note, token, "INVALID_INPUT" if receipt.n_problems else "done", receipt)
        return of_receipt(receipt)

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
