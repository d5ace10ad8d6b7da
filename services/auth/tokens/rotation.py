"""Rotates the keys of bearer tokens at the pace at which verifiers forget them."""

from pathlib import Path

from services.auth.sessions.http import JWKS_S
from services.auth.tokens.bearer import LEEWAY_S, LONGEST_LIFE_S
from services.auth.tokens.signing_keys import KeyRing

SKEW_S = 60
"""How far the clock of a verifier may be off."""


def rotate(keys: Path, now: float) -> str:
    """Add a key to the folder and return its id; it signs once every verifier has it, while the old one verifies on."""
    return KeyRing(keys).rotate(now, LONGEST_LIFE_S + LEEWAY_S, JWKS_S + SKEW_S).kid
