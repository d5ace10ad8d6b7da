"""A client of one OpenAI-compatible endpoint: bytes in and out, limits, retries, outcomes."""

import asyncio
import math
import random
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import MappingProxyType

import aiohttp
import msgspec
from yarl import URL

from contracts.benchmark.models import FORMS, Form, ModelAnswer, ModelRequest, OnSend
from core.benchmark.model import Endpoint, Model
from resources.models.faults import error_answer
from resources.models.limits import Clock, EndpointLimits, Sleep
from resources.models.proxies import proxy_for
from resources.models.wire import answer_of, body_of, form_of, rejects_form

LONGEST_BODY = 4 << 20
LONGEST_HEADERS = 64 << 10
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 30.0


@dataclass(frozen=True)
class _Attempt:
    """The result of one request; `retry_after` in seconds; `unseen` if it was sent and no answer came."""

    answer: ModelAnswer
    retry_after: float | None = None
    unseen: bool = False


class OpenAIClient:
    """Safe for many requests at once on one event loop; opens its connections at the first."""

    def __init__(
        self,
        endpoint: Endpoint,
        key: str | None,
        *,
        on_send: OnSend,
        rng: random.Random,
        environ: Mapping[str, str] = MappingProxyType({}),
        clock: Clock = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._endpoint, self._key, self._on_send = endpoint, key, on_send
        self._rng, self._clock, self._sleep = rng, clock, sleep
        self._limits = EndpointLimits(
            endpoint.concurrency, endpoint.requests_per_minute, endpoint.tokens_per_minute, clock, sleep
        )
        self._headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
        self._urls = {
            "chat": address_below(endpoint.base_url, "chat/completions"),
            "completion": address_below(endpoint.base_url, "completions"),
        }
        self._proxy = proxy_for(endpoint, environ)
        self._session: aiohttp.ClientSession | None = None
        self._forms: dict[str, Form] = {}

    def concurrency(self, model: Model) -> int:  # noqa: ARG002  # the protocol's signature
        """Return the endpoint's concurrency, which all its models share."""
        return self._endpoint.concurrency

    async def close(self) -> None:
        """Close the connections, if any were opened."""
        if self._session is not None:
            await self._session.close()

    async def answer(self, request: ModelRequest) -> ModelAnswer:
        """Send the request until its outcome is final or attempts or deadline run out.

        Then the last transient one is returned.
        """
        request = self._in_known_form(request)
        body = body_of(request)
        url = self._urls["completion" if request.messages is None else "chat"]
        estimate = len(body) / 4 + request.max_tokens
        arrived = self._clock()
        unseen = attempts = 0
        first = arrived
        while True:
            await self._limits.enter(estimate)
            used: float | None = None
            try:
                attempts += 1
                sent = self._clock()
                first = sent if attempts == 1 else first
                self._on_send(request.key)
                attempt = await self._send(url, body)
                ended = self._clock()
                used = _used(attempt.answer)
            finally:
                self._limits.leave(estimate, used)
            lower = self._lower_form(request, attempt.answer)
            if lower is not None:
                request, body = lower, body_of(lower)
                continue
            unseen += attempt.unseen
            wait = self._wait(attempt, attempts, arrived)
            if wait is None:
                return msgspec.structs.replace(
                    attempt.answer,
                    latency_ms=(ended - first) * 1000,
                    queue_ms=(first - arrived) * 1000,
                    retry_ms=(sent - first) * 1000,
                    attempts=attempts,
                    unseen=unseen,
                    form=form_of(request),
                    served=attempt.answer.served if request.schema is not None else None,
                )
            await self._sleep(wait)

    def _in_known_form(self, request: ModelRequest) -> ModelRequest:
        """Return the request in the highest form that its model was not seen to reject."""
        known = self._forms.get(request.model.name, request.form)
        form = max(request.form, known, key=FORMS.index)
        return request if form == request.form else msgspec.structs.replace(request, form=form)

    def _lower_form(self, request: ModelRequest, answer: ModelAnswer) -> ModelRequest | None:
        """Return the request in the next lower form where the server rejects this one, which is remembered."""
        form = form_of(request)
        if form is None or form == FORMS[-1] or not rejects_form(answer):
            return None
        lower = FORMS[FORMS.index(form) + 1]
        self._forms[request.model.name] = max(self._forms.get(request.model.name, lower), lower, key=FORMS.index)
        return msgspec.structs.replace(request, form=lower)

    def _wait(self, attempt: _Attempt, attempts: int, arrived: float) -> float | None:
        """Return the seconds until the next attempt; None if the outcome is final or there is no time for another."""
        if attempt.answer.kind != "transient" or attempts >= self._endpoint.max_attempts:
            return None
        most = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** (attempts - 1))
        wait = self._rng.uniform(most / 2, most)
        if attempt.retry_after is not None:
            wait = attempt.retry_after + self._rng.uniform(0, 0.1 * attempt.retry_after)
        left = self._endpoint.deadline_s - (self._clock() - arrived)
        return wait if wait < left else None

    async def _send(self, url: URL, body: bytes) -> _Attempt:
        session = self._open()
        try:
            async with session.post(
                url, data=body, headers=self._headers, allow_redirects=False, proxy=self._proxy
            ) as response:
                return self._outcome(response, await _body(response))
        except aiohttp.ClientConnectorError as error:
            return _Attempt(
                _transient(f"cannot connect to {self._endpoint.name}: {error.os_error.strerror or 'no route'}")
            )
        except TimeoutError:
            seconds = self._endpoint.timeout_s
            return _Attempt(_transient(f"no answer from {self._endpoint.name} within {seconds:g} s"), unseen=True)
        except aiohttp.ClientError as error:
            return _Attempt(
                _transient(f"{self._endpoint.name} dropped the connection: {type(error).__name__}"), unseen=True
            )

    def _outcome(self, response: aiohttp.ClientResponse, data: bytes) -> _Attempt:
        name, status, headers = self._endpoint.name, response.status, response.headers
        if len(data) > LONGEST_BODY:
            return _Attempt(ModelAnswer(kind="failed", error=f"the answer is over {LONGEST_BODY} bytes long"))
        kind = headers.get("Content-Type", "").partition(";")[0].strip()[:80]
        if 200 <= status < 300:
            answer = answer_of(data, name, status=status, content_type=kind, key=self._key)
        else:
            answer = error_answer(name, status, data, kind, self._key)
        return _Attempt(answer, _retry_after(headers) if answer.kind == "transient" else None)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0),
                timeout=aiohttp.ClientTimeout(total=self._endpoint.timeout_s),
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=("User-Agent", "Accept"),
                max_line_size=LONGEST_HEADERS,
                max_field_size=LONGEST_HEADERS,
            )
        return self._session


def address_below(base_url: str, path: str) -> URL:
    """Return the address of `path` below the endpoint's; a query of its own stays behind the path."""
    base = URL(base_url)
    return base.with_path(f"{base.raw_path.rstrip('/')}/{path}", encoded=True).with_query(base.query)


async def _body(response: aiohttp.ClientResponse) -> bytes:
    """Return the body, or as much of it as shows that it is too long; a declared length spares the second read."""
    packed = "Content-Encoding" in response.headers  # its length says nothing about what it holds
    if not packed and response.content_length is not None and response.content_length <= LONGEST_BODY:
        return await response.read()
    data = await response.content.read(LONGEST_BODY + 1)
    while len(data) <= LONGEST_BODY and (more := await response.content.read(LONGEST_BODY)):
        data += more
    return data


def _transient(error: str) -> ModelAnswer:
    return ModelAnswer(kind="transient", error=error)


def _used(answer: ModelAnswer) -> float | None:
    if answer.tokens_in is None or answer.tokens_out is None:
        return None
    return answer.tokens_in + answer.tokens_out


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Return seconds to wait as the server says, by retry-after-ms or Retry-After (number or HTTP date); else None."""
    for name, unit in (("retry-after-ms", 0.001), ("Retry-After", 1.0)):
        text = headers.get(name)
        with suppress(ValueError, TypeError):
            seconds = float(text or "") * unit
            if math.isfinite(seconds):
                return max(0.0, seconds)
    try:
        return max(0.0, (parsedate_to_datetime(headers.get("Retry-After", "")) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None
