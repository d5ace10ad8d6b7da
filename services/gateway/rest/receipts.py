"""Receipts of answers that came by upload or webhook, as both endpoints answer with them."""

from starlette.responses import Response

from contracts.judging import Receipt
from kit.http.answers import json_answer


def receipt_answer(receipt: Receipt) -> Response:
    """Return 200 with the receipt, 422 when it was rejected."""
    return json_answer(receipt, 422 if receipt.state == "rejected" else 200)
