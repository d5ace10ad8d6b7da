"""Ids of backfills, which begin with the time at which they were made."""

import re
import secrets
from datetime import UTC, datetime

ID = re.compile(r"(\d{8}T\d{12})-[0-9a-f]{8}")
STAMP = "%Y%m%dT%H%M%S%f"


def new_backfill_id(now: str) -> str:
    """Return a new id that starts with the time `now` (ISO 8601), so that ids sort by it."""
    return f"{datetime.fromisoformat(now).astimezone(UTC).strftime(STAMP)}-{secrets.token_hex(4)}"


def created_at(backfill: str) -> datetime:
    """Return when a backfill was made, by its id; the beginning of Unix time for another id."""
    matched = ID.fullmatch(backfill)
    return datetime.strptime(matched[1], STAMP).replace(tzinfo=UTC) if matched else datetime.fromtimestamp(0, UTC)
