"""The endpoint client against a real server: outcomes, retries, limits and secrets."""

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from aiohttp import web

from contracts.benchmark.models import ModelAnswer, ModelRequest
from core.benchmark.model import Model
from core.benchmark.prompt import PromptMessage
from core.benchmark.scenario import Scenario


def _request(model: Model, number: int = 0, **changes: Any) -> ModelRequest:
    fields: dict[str, Any] = {
        "key": f"{number:032}", "model": model, "prompt": "p", "scenario": Scenario("s", "work", "en", {"text": "x"}),
        "tip_index": number, "messages": (PromptMessage("user", "I sleep badly."),), "text": None, "stop": (),
        "max_tokens": 20, "temperature": 0.5, "seed": number,
    }  # fmt: skip
    return ModelRequest(**{**fields, **changes})


async def _ask(far: Any, client: Any) -> ModelAnswer:
    answer: ModelAnswer = await client.answer(_request(far.model))
    return answer


def _answering(status: int, body: Any = None, **headers: str) -> Any:
    async def handle(_: web.Request) -> web.Response:
        if isinstance(body, bytes):
            return web.Response(status=status, body=body, headers=headers)
        return web.json_response(body or {"error": {"message": f"it is {status}"}}, status=status, headers=headers)

    return handle


def test_an_answer_has_text_tokens_and_latency(talk: Any) -> None:
    """Text, finish reason, token counts; the body sent is the protocol's."""
    answer, far = talk([], _ask)
    assert (answer.kind, answer.text, answer.finish) == ("text", "Walk.", "stop")
    assert (answer.tokens_in, answer.tokens_out, answer.attempts, answer.unseen) == (7, 3, 1, 0)
    assert far.got[0] == {
        "model": "m-1", "temperature": 0.5, "seed": 0, "max_tokens": 20,
        "messages": [{"role": "user", "content": "I sleep badly."}],
    }  # fmt: skip


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_again(talk: Any, status: int) -> None:
    """Two such answers, then a good one: one text, three attempts, growing waits."""
    answer, far = talk([_answering(status), _answering(status)], _ask)
    assert (answer.kind, answer.attempts) == ("text", 3)
    assert len(far.slept) == 2
    assert 0.25 <= far.slept[0] <= 0.5
    assert 0.5 <= far.slept[1] <= 1


@pytest.mark.parametrize(
    ("status", "kind", "unclear"),
    [
        (400, "failed", True),
        (401, "misconfigured", False),
        (402, "misconfigured", False),
        (403, "failed", True),
        (404, "misconfigured", False),
        (413, "failed", False),
        (422, "failed", True),
    ],
)
def test_what_will_not_pass_is_not_tried_again(talk: Any, status: int, kind: str, unclear: bool) -> None:
    """Another 4xx ends at once and says what the server said; key, money and name are the model's configuration."""
    answer, far = talk([_answering(status)], _ask)
    assert (answer.kind, answer.attempts, answer.unclear) == (kind, 1, unclear)
    assert f"far answered {status}: it is {status}" in answer.error
    assert far.slept == []


def test_a_quota_that_is_used_up_is_not_waited_for(talk: Any) -> None:
    """429 with insufficient_quota is the configuration; any other 429 is tried again."""
    error = {"error": {"message": "the quota is used up", "code": "insufficient_quota"}}
    answer, far = talk([_answering(429, error)], _ask)
    assert (answer.kind, answer.attempts, far.slept) == ("misconfigured", 1, [])


def test_a_filtered_input_is_a_refusal(talk: Any) -> None:
    """A content filter that answers 400, as Azure's does, refuses this input; so does its finish_reason."""
    error = {"error": {"message": "filtered", "code": "content_filter"}}
    answer, _ = talk([_answering(400, error)], _ask)
    assert (answer.kind, answer.unclear) == ("refused", False)
    assert "filtered" in answer.error
    deep = {"error": {"message": "no", "code": None, "innererror": {"code": "content_filter"}}}
    assert talk([_answering(400, deep)], _ask)[0].kind == "refused"
    for finish in ("content_filter", "refusal"):
        body = {"choices": [{"message": {"content": None}, "finish_reason": finish}]}
        assert talk([_answering(200, body)], _ask)[0].kind == "refused"


def test_milliseconds_to_wait_are_kept(talk: Any) -> None:
    """retry-after-ms wins over Retry-After."""
    _, far = talk([_answering(429, **{"retry-after-ms": "1500", "Retry-After": "9"})], _ask)
    assert 1.5 <= far.slept[0] <= 1.65


def test_latency_runs_from_the_first_attempt(talk: Any) -> None:
    """Of an answer that came at the second attempt, the time before that attempt is told apart."""
    answer, far = talk([_answering(429, **{"Retry-After": "7"})], _ask)
    assert answer.retry_ms == pytest.approx(far.slept[0] * 1000)
    assert answer.latency_ms >= answer.retry_ms
    assert answer.queue_ms == 0.0


def test_a_query_of_the_address_stays_behind_the_path(talk: Any) -> None:
    """As endpoints that carry an API version in their query need it."""
    seen = []

    async def look(request: web.Request) -> web.Response:
        seen.append(str(request.rel_url))
        return web.json_response({"choices": [{"message": {"content": "Walk."}}]})

    async def versioned(far: Any, _: Any) -> ModelAnswer:
        far.url += "/deployments/d?api-version=2026-01-01"
        client = far.client()
        try:
            return await _ask(far, client)
        finally:
            await client.close()

    assert talk([look], versioned)[0].text == "Walk."
    assert seen == ["/v1/deployments/d/chat/completions?api-version=2026-01-01"]


def test_large_response_headers_are_taken(talk: Any) -> None:
    """A header of 60 KB, as some gateways send, does not lose the answer."""
    answer, _ = talk(
        [_answering(200, {"choices": [{"message": {"content": "Walk."}}]}, **{"X-Trace": "x" * 60_000})], _ask
    )
    assert answer.text == "Walk."


def test_a_proxy_of_the_environment_is_asked(talk: Any) -> None:
    """The request goes to the proxy, whole address and all; NO_PROXY spares the host."""

    async def through(far: Any, _: Any) -> list[str]:
        seen = []

        async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            seen.append((await reader.readuntil(b"\r\n")).decode().strip())
            body = b'{"choices": [{"message": {"content": "Walk."}}]}'
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%b" % (len(body), body))
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(proxy, "127.0.0.1", 0)
        address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        far.url = "http://tips.invalid/v1"
        client = far.client(environ={"HTTP_PROXY": address})
        assert (await _ask(far, client)).text == "Walk."
        await client.close()
        server.close()
        await server.wait_closed()
        return seen

    assert talk([], through)[0] == ["POST http://tips.invalid/v1/chat/completions HTTP/1.1"]


def test_retry_after_is_kept_as_seconds_and_as_a_date(talk: Any) -> None:
    """The wait is what the server asks for, plus up to a tenth."""
    _, far = talk([_answering(429, **{"Retry-After": "7"})], _ask)
    assert 7 <= far.slept[0] <= 7.7
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=20), usegmt=True)
    _, far = talk([_answering(503, **{"Retry-After": later})], _ask)
    assert 0.5 < far.slept[0] <= 22  # a loaded machine may take some of the time to ask
    _, far = talk([_answering(503, **{"Retry-After": "soon"})], _ask)
    assert far.slept[0] <= 0.5


def test_attempts_and_the_deadline_end_it(talk: Any) -> None:
    """After the last attempt, or when the wait would pass the deadline, the transient outcome stands."""
    answer, far = talk([_answering(503)] * 9, _ask, max_attempts=3)
    assert (answer.kind, answer.attempts, len(far.got)) == ("transient", 3, 3)
    answer, far = talk([_answering(429, **{"Retry-After": "60"})], _ask, deadline_s=30)
    assert (answer.kind, answer.attempts, far.slept) == ("transient", 1, [])


def test_a_dropped_connection_may_have_been_paid(talk: Any) -> None:
    """A connection closed in the middle is tried again and counted as unseen."""

    async def drop(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.close()
        return web.Response()

    answer, _ = talk([drop], _ask)
    assert (answer.kind, answer.attempts, answer.unseen) == ("text", 2, 1)


def test_a_slow_answer_is_a_timeout(talk: Any) -> None:
    """No answer within timeout_s is transient, unseen, and names the endpoint."""

    async def slow(_: web.Request) -> web.Response:
        await asyncio.Event().wait()
        return web.Response()

    answer, _ = talk([slow], _ask, timeout_s=0.2, max_attempts=1)
    assert (answer.kind, answer.unseen) == ("transient", 1)
    assert "no answer from far within 0.2 s" in answer.error


def test_a_server_that_is_not_there_was_not_paid(talk: Any) -> None:
    """A refused connection is transient and nothing was sent."""

    async def nobody(far: Any, _: Any) -> ModelAnswer:
        far.url = "http://127.0.0.1:9/v1"
        client = far.client(max_attempts=1)
        answer = await _ask(far, client)
        await client.close()
        return answer

    answer, _ = talk([], nobody)
    assert (answer.kind, answer.unseen) == ("transient", 0)
    assert "cannot connect to far" in answer.error


BODIES = [
    (b"not json", "application/octet-stream instead of JSON: not json"),
    (b"<html>\x1b[31m" + b"x" * 300, "instead of JSON: <html>\\x1b[31m" + "x" * 65),
    (b'{"choices": []}', "without any choice"),
    (b'{"choices": null}', "without any choice"),
    (b"{}", "without any choice"),
    (b"[" * 100_000, "instead of JSON"),
    (b'{"error": {"message": "too busy here", "code": 429}}', "too busy here"),
    (b'{"error": "overloaded"}', "overloaded"),
    (b'{"choices": [{"message": {"content": ""}, "finish_reason": "error", "error": {"message": "cut"}}]}', "cut"),
]


@pytest.mark.parametrize(("body", "said"), BODIES)
def test_a_success_without_an_answer_is_tried_again(talk: Any, body: bytes, said: str) -> None:
    """An error inside a 200, no choice, or no JSON: transient, with the server's words."""
    answer, _ = talk([_answering(200, body)] * 2, _ask, max_attempts=1)
    assert answer.kind == "transient"
    assert said in answer.error
    assert talk([_answering(200, body)], _ask)[0].text == "Walk."


def test_an_error_inside_a_success_counts_by_its_code(talk: Any) -> None:
    """A wrong key or an empty quota is the configuration also where a gateway says it with a 200."""
    for code in (401, "402", "insufficient_quota", "invalid_api_key"):
        answer, _ = talk([_answering(200, {"error": {"message": "no", "code": code}})], _ask)
        assert answer.kind == "misconfigured", code


def test_refusals_are_told_apart(talk: Any) -> None:
    """A refusal and a content filter are refused, an empty content has failed and says why."""
    refusal = {"choices": [{"message": {"refusal": "No."}, "finish_reason": "stop"}]}
    answer, _ = talk([_answering(200, refusal)], _ask)
    assert (answer.kind, answer.text) == ("refused", "No.")
    filtered = {"choices": [{"message": {"content": None}, "finish_reason": "content_filter"}]}
    assert talk([_answering(200, filtered)], _ask)[0].kind == "refused"
    blank = {"choices": [{"message": {"content": None}, "finish_reason": "length"}]}
    answer, _ = talk([_answering(200, blank)], _ask)
    assert (answer.kind, answer.text, answer.tokens_out) == ("failed", "", None)
    assert answer.error == "no text: the answer is empty, finish=length"


def test_an_endless_body_is_cut_off(talk: Any) -> None:
    """Over 4 MB, declared or not, is a final failure."""
    answer, _ = talk([_answering(200, b"x" * (5 << 20))], _ask)
    assert "bytes long" in answer.error

    async def stream(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(6):
            await response.write(b"y" * (1 << 20))
        return response

    assert "bytes long" in talk([stream], _ask)[0].error


def test_the_key_goes_to_the_endpoint_and_nowhere_else(talk: Any) -> None:
    """It is sent as a bearer, taken out of what the server echoes, and never follows a redirect."""
    answer, far = talk([_answering(401, {"error": "bad key sk-planted-123"})], _ask_keyed)
    assert far.keys == ["Bearer sk-planted-123"]
    assert "sk-planted-123" not in answer.error
    assert "[key]" in answer.error
    answer, far = talk([_answering(307, Location="http://127.0.0.1:9/v1/chat/completions")], _ask_keyed)
    assert answer.kind == "misconfigured"
    assert "redirect" in answer.error
    assert len(far.got) == 1


async def _ask_keyed(far: Any, _: Any) -> ModelAnswer:
    client = far.client("sk-planted-123")
    try:
        return await _ask(far, client)
    finally:
        await client.close()


def test_concurrency_is_never_passed(talk: Any) -> None:
    """Thirty requests at once over four slots: the server never sees a fifth."""
    seen = {"now": 0, "most": 0}

    async def count(_: web.Request) -> web.Response:
        seen["now"] += 1
        seen["most"] = max(seen["most"], seen["now"])
        await asyncio.sleep(0.005)
        seen["now"] -= 1
        return web.json_response({"choices": [{"message": {"content": "x"}}]})

    async def many(far: Any, client: Any) -> list[ModelAnswer]:
        return list(await asyncio.gather(*(client.answer(_request(far.model, n)) for n in range(30))))

    answers, _ = talk([count] * 30, many, concurrency=4)
    assert {answer.kind for answer in answers} == {"text"}
    assert seen["most"] == 4


def test_requests_and_tokens_a_minute_are_kept(talk: Any) -> None:
    """At 60 requests a minute ten need about nine virtual seconds; tokens are corrected by what was used."""

    async def ten(far: Any, client: Any) -> None:
        for number in range(10):
            await client.answer(_request(far.model, number))

    _, far = talk([], ten, requests_per_minute=60)
    assert 8 <= far.now <= 10
    _, far = talk([], ten, tokens_per_minute=600)
    assert 5 <= far.now <= 40


def test_a_completion_model_gets_a_prompt_and_omitted_fields_stay_out(talk: Any) -> None:
    """Text goes to /completions; `omit`, `extra` and the name of max_tokens are the model's."""

    async def complete(far: Any, client: Any) -> ModelAnswer:
        model = Model("m", "openai", model="m-1", endpoint=far.model.endpoint, omit=("seed",),
                      extra={"top_k": 5}, max_tokens_field="max_completion_tokens")  # fmt: skip
        answer: ModelAnswer = await client.answer(_request(model, messages=None, text="Tip:", stop=("\n",)))
        return answer

    body = {"choices": [{"text": " walk", "finish_reason": "stop"}]}
    answer, far = talk([_answering(200, body)], complete)
    assert answer.text == " walk"
    assert far.got[0] == {
        "model": "m-1", "temperature": 0.5, "max_completion_tokens": 20, "stop": ["\n"], "prompt": "Tip:", "top_k": 5,
    }  # fmt: skip


@pytest.mark.parametrize("count", [-5, 2**40])
def test_a_token_count_that_cannot_be_is_not_known(talk: Any, count: int) -> None:
    """The answer is kept; the impossible count is null."""
    body = {"choices": [{"message": {"content": "Walk."}}], "usage": {"prompt_tokens": count, "completion_tokens": 3}}
    answer, _ = talk([_answering(200, body)], _ask)
    assert (answer.kind, answer.tokens_in, answer.tokens_out) == ("text", None, 3)
