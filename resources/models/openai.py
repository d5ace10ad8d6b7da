"""A client of one OpenAI-compatible endpoint: bytes in and out, limits, retries, outcomes."""

import asyncio
import random
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import aiohttp
import msgspec
from yarl import URL

from contracts.benchmark.models import ModelAnswer, TipRequest
from core.benchmark.model import Endpoint, Model
from resources.models.limits import Clock, EndpointLimits, Sleep
from resources.models.registry import OnSend
from resources.models.wire import answer_of, body_of, excerpt

RETRIED = frozenset({408, 409, 429})
LONGEST_BODY = 4 << 20
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 30.0


@dataclass(frozen=True)
class _Attempt:
    """What one request came to; `retry_after` in seconds; `unseen` when it was sent and no answer came."""

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
        clock: Clock = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._endpoint, self._key, self._on_send = endpoint, key, on_send
        self._rng, self._clock, self._sleep = rng, clock, sleep
        self._limits = EndpointLimits(
            endpoint.concurrency, endpoint.requests_per_minute, endpoint.tokens_per_minute, clock, sleep
        )
        self._headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
        root = endpoint.base_url.rstrip("/")
        self._urls = {"chat": URL(f"{root}/chat/completions"), "completion": URL(f"{root}/completions")}
        self._session: aiohttp.ClientSession | None = None

    def concurrency(self, model: Model) -> int:  # noqa: ARG002  # the protocol's signature
        """The endpoint's."""
        return self._endpoint.concurrency

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    async def answer(self, request: TipRequest) -> ModelAnswer:
        """Ask until there is a final outcome, attempts or deadline run out; the last transient one then stands."""
        body = body_of(request)
        url = self._urls["completion" if request.messages is None else "chat"]
        estimate = len(body) / 4 + request.max_tokens
        arrived = self._clock()
        unseen = attempts = 0
        while True:
            await self._limits.enter(estimate)
            used: float | None = None
            try:
                attempts += 1
                sent = self._clock()
                self._on_send(request.key)
                attempt = await self._ask(url, body)
                latency = (self._clock() - sent) * 1000
                used = _tokens(attempt.answer)
            finally:
                self._limits.leave(estimate, used)
            unseen += attempt.unseen
            wait = self._wait(attempt, attempts, arrived)
            if wait is None:
                return msgspec.structs.replace(
                    attempt.answer,
                    latency_ms=latency,
                    queue_ms=(sent - arrived) * 1000,
                    attempts=attempts,
                    unseen=unseen,
                )
            await self._sleep(wait)

    def _wait(self, attempt: _Attempt, attempts: int, arrived: float) -> float | None:
        """Seconds until the next attempt; None when the outcome is final or there is no time for another."""
        if attempt.answer.kind != "transient" or attempts >= self._endpoint.max_attempts:
            return None
        most = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** (attempts - 1))
        wait = self._rng.uniform(most / 2, most)
        if attempt.retry_after is not None:
            wait = attempt.retry_after + self._rng.uniform(0, 0.1 * attempt.retry_after)
        left = self._endpoint.deadline_s - (self._clock() - arrived)
        return wait if wait < left else None

    async def _ask(self, url: URL, body: bytes) -> _Attempt:
        session = self._open()
        try:
            async with session.post(url, data=body, headers=self._headers, allow_redirects=False) as response:
                data = await _body(response)
                return self._outcome(response.status, response.headers.get("Retry-After"), data)
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

    def _outcome(self, status: int, retry_after: str | None, data: bytes) -> _Attempt:
        if len(data) > LONGEST_BODY:
            return _Attempt(ModelAnswer(kind="failed", error=f"the answer is over {LONGEST_BODY} bytes long"))
        if status == 200:
            return _Attempt(answer_of(data))
        said = f"{self._endpoint.name} answered {status}: {excerpt(data, self._key)}"
        if status in RETRIED or status >= 500:
            return _Attempt(_transient(said), _seconds(retry_after))
        if 300 <= status < 400:
            said = f"{self._endpoint.name} answered {status}, a redirect, which is not followed: correct base_url"
        return _Attempt(ModelAnswer(kind="failed", error=said))

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0),
                timeout=aiohttp.ClientTimeout(total=self._endpoint.timeout_s),
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=("User-Agent", "Accept"),
            )
        return self._session


async def _body(response: aiohttp.ClientResponse) -> bytes:
    """The body, or as much of it as shows that it is too long; a declared length spares the second read."""
    packed = "Content-Encoding" in response.headers  # its length says nothing about what it holds
    if not packed and response.content_length is not None and response.content_length <= LONGEST_BODY:
        return await response.read()
    data = await response.content.read(LONGEST_BODY + 1)
    while len(data) <= LONGEST_BODY and (more := await response.content.read(LONGEST_BODY)):
        data += more
    return data


def _transient(error: str) -> ModelAnswer:
    return ModelAnswer(kind="transient", error=error)


def _tokens(answer: ModelAnswer) -> float | None:
    if answer.tokens_in is None or answer.tokens_out is None:
        return None
    return answer.tokens_in + answer.tokens_out


def _seconds(text: str | None) -> float | None:
    """Retry-After as seconds: a number or an HTTP date; None when it is neither."""
    if not text:
        return None
    try:
        return max(0.0, float(text))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None
