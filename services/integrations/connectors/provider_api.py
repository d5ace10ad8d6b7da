"""Requests to a provider's API by an access token, and what each answer that is no success comes to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeVar
from urllib.parse import urlencode

import msgspec

from kit.cancellation import run_until_cancelled
from kit.egress.retry_after import retry_after_s
from kit.egress.targets import Exceptions, TargetRefused
from kit.egress.transport import EgressFailed, GuardedTransport, Limits, PeerAnswer
from services.integrations.calendars.calendar_items import LARGEST
from services.integrations.connectors.connector import UNREADABLE, AccessRejected, PullFailed

FORM = "application/x-www-form-urlencoded"
LIMITS = Limits(total_s=20.0, body=LARGEST)
WAIT_S = 60.0
"""How long a provider is not asked that wants to be asked less and does not say when."""
PULL_S = 120.0
"""A pull asks for no more pages after so long: twice that and two requests fit the claim on a connection."""
Read = TypeVar("Read")


@dataclass(frozen=True, kw_only=True)
class ProviderApi:
    """The API of one provider, reached by the guarded transport; `label` is what its user knows it as.

    `slow_down` are the reasons by which it says with 403 that it was asked too often.
    """

    label: str
    exceptions: Exceptions
    clock: Callable[[], float]
    slow_down: frozenset[str] = frozenset()
    limits: Limits = LIMITS

    def request(
        self,
        url: str,
        token: bytes,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] = MappingProxyType({}),
        json: Mapping[str, Any] | None = None,
    ) -> PeerAnswer:
        """Return the answer to a GET, or to the POST of a form or of JSON, whatever its status; raise PullFailed."""
        content = None
        if form is not None:
            content, headers = urlencode(form).encode(), {**headers, "content-type": FORM}
        elif json is not None:
            content, headers = msgspec.json.encode(json), {**headers, "content-type": "application/json"}
        try:
            return run_until_cancelled(self._sent(url, token, content, headers))
        except TargetRefused:
            raise PullFailed("address-refused", f"{self.label} has an address that may not be asked") from None
        except EgressFailed as error:
            raise PullFailed("no-answer", f"{self.label} gave no usable answer: {error}") from None

    def check_time(self, began: float) -> None:
        """Return if a pull that began at this Unix time may go on; raise PullFailed."""
        if self.clock() - began > PULL_S:
            raise PullFailed("too-slow", f"{self.label} took over {PULL_S:g} s for its pages")

    def read(self, answer: PeerAnswer, kind: type[Read]) -> Read:
        """Return what a good answer says; raise AccessRejected, PullFailed for every other one."""
        if answer.status == 200:
            try:
                return msgspec.json.decode(answer.body, type=kind)
            except UNREADABLE:
                what = "a page of HTML" if answer.body.lstrip()[:1] == b"<" else "what cannot be read"
                raise PullFailed("not-json", f"{self.label} answers with {what}") from None
        if answer.status == 401:
            raise AccessRejected
        wait_s = retry_after_s(answer.headers.get("retry-after"), self.clock())
        slow_down = answer.status == 403 and any(f'"{reason}"'.encode() in answer.body for reason in self.slow_down)
        if answer.status == 429 or slow_down or (answer.status == 503 and wait_s is not None):
            says = f"{self.label} wants to be asked at another time"
            raise PullFailed("asked-to-wait", says, retry_after_s=self.waits_s(answer))
        if answer.status == 403:
            raise PullFailed("refused", f"{self.label} does not let the app read: connect it again", ends_grant=True)
        raise PullFailed(f"status-{answer.status}", f"{self.label} answers {answer.status}")

    def waits_s(self, answer: PeerAnswer) -> float:
        """Return how long an answer wants to be waited for; a while where it does not say."""
        wait_s = retry_after_s(answer.headers.get("retry-after"), self.clock())
        return WAIT_S if wait_s is None else wait_s

    async def _sent(self, url: str, token: bytes, content: bytes | None, more: Mapping[str, str]) -> PeerAnswer:
        headers = {"authorization": f"Bearer {token.decode()}", "accept": "application/json", **more}
        method = "GET" if content is None else "POST"
        async with GuardedTransport(exceptions=self.exceptions, limits=self.limits) as transport:
            return await transport.request(method, url, headers=headers, content=content or b"")
