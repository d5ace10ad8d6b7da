"""Deliveries over the schema."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from api.context import ApiContext
from api.root import admin_schema
from contracts.modules.notice_administration import Delivery, DeliveryHistory, DeliveryState, DeliveryStep
from contracts.modules.notices import DeliveryView, HoldView
from contracts.paging import Page, PageRequest
from contracts.refusals import Conflict
from tests.api.memory_services import MemoryServices

DELIVERY = Delivery(
    id="n1",
    user="u1",
    state=DeliveryState.UNKNOWN,
    code="unknown",
    critical=False,
    requested_at="then",
    release_at=None,
    arrived_at="then",
    expires_at="later",
    holds=[HoldView(code="quiet", until="then")],
    hand_overs=[
        DeliveryView(channel="push", state="unknown", reason="timeout", attempts=1, started_at="then", ended_at="then")
    ],
)
HISTORY = DeliveryHistory(delivery=DELIVERY, steps=[DeliveryStep(code="quiet", text="Held.", at=None, until="then")])


class _Notices:
    """One notice whose outcome is unknown, until it is sent again; `read` counts what was read."""

    def __init__(self) -> None:
        self.read: list[Mapping[str, Any]] = []
        self.sent_again: list[str] = []

    def deliveries(self, request: PageRequest) -> Page[Delivery]:
        """The notice, if it is of the state that is looked for."""
        self.read.append(request.where)
        rows = [DELIVERY] if request.where.get("state") in {None, DELIVERY.state.value} else []
        return Page(rows, [(1.0, row.id) for row in rows], more=False)

    def count_deliveries(self, where: Mapping[str, str]) -> int:
        """One."""
        self.read.append(where)
        return 1

    def hand_over_again(self, notice: str) -> DeliveryHistory:
        """The first time alone."""
        if self.sent_again:
            raise Conflict("what became of this notice is known: it is not sent again", ("notice",))
        self.sent_again.append(notice)
        return HISTORY


def _data_of(notices: _Notices, document: str, services: MemoryServices | None = None) -> dict[str, Any]:
    services = services or MemoryServices()
    given = replace(services.services, notices=cast("Any", notices))
    context = ApiContext(given, services.auth.callers["token-admin"], "request-1")
    answer = asyncio.run(admin_schema().execute(document, None, context_value=context))
    assert answer.errors is None, answer.errors
    assert answer.data is not None
    return answer.data


def test_deliveries_are_read_in_one_question_and_counted_only_where_it_is_wanted() -> None:
    """Holds and hand-overs come with the page; a filter is given on in the contract's words."""
    notices = _Notices()
    fields = "nodes { id state holds { code until } handOvers { channel state reason } } pageInfo { endCursor }"
    found = _data_of(notices, f'{{ deliveries(where: {{state: UNKNOWN, user: "u1"}}) {{ {fields} }} }}')["deliveries"]
    assert found["nodes"] == [
        {
            "id": "n1",
            "state": "UNKNOWN",
            "holds": [{"code": "quiet", "until": "then"}],
            "handOvers": [{"channel": "push", "state": "unknown", "reason": "timeout"}],
        }
    ]
    assert found["pageInfo"]["endCursor"]
    assert notices.read == [{"state": "unknown", "user": "u1"}]
    counted = _data_of(
        notices, "{ deliveries(first: 1, where: {channel: PUSH, state: MUTED}) { totalCount nodes { id } } }"
    )
    assert counted["deliveries"] == {"totalCount": 1, "nodes": []}
    assert notices.read[1:] == [{"channel": "push", "state": "muted"}] * 2


def test_what_is_sent_again_leaves_an_audit_row_and_is_refused_the_second_time() -> None:
    """The row names the notice and its state; the refusal is a member of the union."""
    document = (
        'mutation { sendNoticeAgain(notice: "n1")'
        " { ... on DeliveryHistory { delivery { id } steps { text at until } } ... on Failure { code path } } }"
    )
    notices, services = _Notices(), MemoryServices()
    assert _data_of(notices, document, services)["sendNoticeAgain"] == {
        "delivery": {"id": "n1"},
        "steps": [{"text": "Held.", "at": None, "until": "then"}],
    }
    assert _data_of(notices, document, services)["sendNoticeAgain"] == {"code": "CONFLICT", "path": ["notice"]}
    assert [(entry.operation, entry.target, entry.outcome) for entry in services.audit.entries] == [
        ("sendNoticeAgain", "n1", "done"),
        ("sendNoticeAgain", "n1", "CONFLICT"),
    ]
