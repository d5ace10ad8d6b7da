"""Authorization headers for push services, each signed once for several hours: signing takes as long as encrypting."""

from services.notifier.channels.web_push.vapid_keys import LIFE_S, VapidKey

REUSED_S = LIFE_S // 2
"""How long a signed header is used, so that it counts for hours more whatever the push service's clock says."""
MOST = 256
"""Headers that are remembered: of most browsers a few push services are used."""


class Authorizations:
    """Headers by key and push service; `contact` is what push services may write to, a mailto: or https: address."""

    def __init__(self, contact: str) -> None:
        self._contact = contact
        self._signed: dict[tuple[str, str], tuple[float, str]] = {}

    def header(self, key: VapidKey, origin: str, now: float) -> str:
        """Return a header for a push service, signed less than REUSED_S ago; `now` are Unix seconds."""
        at, known = self._signed.get((key.kid, origin), (0.0, ""))
        if known and at <= now < at + REUSED_S:
            return known
        signed = key.authorization(origin, self._contact, now)
        if len(self._signed) >= MOST:
            self._signed.clear()
        self._signed[key.kid, origin] = (now, signed)
        return signed
