"""`GET /v1/home`: the app's first screen in one call, one section per module, partial when a module is away."""

import asyncio
import logging
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any, Literal

import msgspec
from starlette.responses import Response

from contracts.access.caller import Caller
from contracts.modules.home import HomeSection
from contracts.refusals import Refusal
from contracts.routes import RouteCall, RouteSpec
from contracts.telemetry import CallRecord, TelemetrySink
from contracts.trace import TRACEPARENT, Trace
from kit.http.answers import json_answer
from kit.http.etag import etag_answer
from services.gateway.edge.middleware import request_id_of
from services.gateway.edge.trace_context import TRACE, child_of

BUDGET_S = 2.0
MARGIN_S = 0.05
"""What is kept of the budget for writing the answer."""
log = logging.getLogger("tipbench.home")


class Section(msgspec.Struct, frozen=True):
    """One part of the screen; without `data` there is a `reason`, a code that never changes."""

    status: Literal["ok", "unavailable"]
    reason: str | None = None
    data: Any = None


class HomeScreen(msgspec.Struct, frozen=True):
    """The screen; `complete` says whether every section is there."""

    complete: bool
    sections: dict[str, Section]


class HomeEndpoint:
    """Reads all modules at once, by the name of their section; None is a section whose module is not built yet.

    `clock` is monotonic, in seconds.
    """

    def __init__(
        self,
        modules: Mapping[str, HomeSection | None],
        *,
        clock: Callable[[], float],
        budget_s: float = BUDGET_S,
        sink: TelemetrySink | None = None,
        now_ns: Callable[[], int] = time.time_ns,
        random_bytes: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._modules, self._clock, self._budget_s = modules, clock, budget_s
        self._sink, self._now_ns, self._random_bytes = sink, now_ns, random_bytes

    async def answer(self, call: RouteCall) -> Response:
        """Return the caller's screen; a partial one has no ETag."""
        scope = call.request.scope
        home = await self.screen(call.caller, request_id_of(scope), scope[TRACE])
        if home.complete:
            return etag_answer(call.request, msgspec.json.encode(home))
        return json_answer(home)

    async def screen(self, caller: Caller, request_id: str, trace: Trace) -> HomeScreen:
        """Return every section; one that is not ready within the budget has a reason in place of data."""
        ends = self._clock() + self._budget_s - MARGIN_S
        reads = [self._traced(name, caller, ends, request_id, trace) for name in self._modules]
        sections = dict(zip(self._modules, await asyncio.gather(*reads), strict=True))
        return HomeScreen(all(section.status == "ok" for section in sections.values()), sections)

    async def _traced(self, name: str, caller: Caller, ends: float, request_id: str, trace: Trace) -> Section:
        """A module's section; the module is called inside a step of its own, which whoever watches is told of."""
        module = self._modules[name]
        if module is None:
            return Section("unavailable", "NOT_BUILT")
        step, began_ns, began = child_of(trace, self._random_bytes), self._now_ns(), self._clock()
        TRACEPARENT.set(str(step))  # of this section's task alone
        section = await self._section(name, module, caller, ends, request_id)
        if self._sink is not None:
            outcome, took_s = section.reason or section.status, self._clock() - began
            self._sink.on_call(
                CallRecord(name=f"home {name}", outcome=outcome, began_ns=began_ns, took_s=took_s, trace=step)
            )
        return section

    async def _section(self, name: str, module: HomeSection, caller: Caller, ends: float, request_id: str) -> Section:
        left = max(0.0, ends - self._clock())
        try:
            async with asyncio.timeout(left):
                return Section("ok", data=await module(caller, left))
        except TimeoutError:
            return Section("unavailable", "TIMEOUT")
        except Refusal as refusal:
            return Section("unavailable", refusal.code)
        except Exception as error:  # noqa: BLE001  # one module's defect leaves the others' sections whole
            log.error("request %s: section %s failed: %s", request_id, name, type(error).__name__)  # noqa: TRY400  # no values
            return Section("unavailable", "INTERNAL")


ROUTES = (
    RouteSpec(
        method="GET",
        path="/v1/home",
        name="home",
        summary="The app's first screen.",
        endpoint=HomeEndpoint.answer,
        answer=HomeScreen,
    ),
)
