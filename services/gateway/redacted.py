"""Keeps secret parts of addresses out of the access log."""

import logging
import re

_TOKEN = re.compile(r"(/uploads/)[^/?#\s]+")


class WithoutTokens(logging.Filter):
    """A filter for the logger `uvicorn.access` and any other that writes paths: `/uploads/…` shows no token."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Redact message and arguments in place; every record passes."""
        record.msg = redacted(record.msg) if isinstance(record.msg, str) else record.msg
        if isinstance(record.args, tuple):
            record.args = tuple(redacted(value) if isinstance(value, str) else value for value in record.args)
        return True


def redacted(text: str) -> str:
    """The text with the tokens of upload addresses replaced by `…`."""
    return _TOKEN.sub(r"\1…", text)
