import asyncio
import threading
from dataclasses import make_dataclass
from enum import Enum
from typing import Any

import pytest
import strawberry

from api.context import Info
from api.execution.audited import input_hash
from api.fields import mutation
from api.schema import build_schema
from contracts import refusals
from contracts.access.caller import Role
from tests.api.example import Experiment, Queries, User
from tests.api.memory_services import MemoryServices
from tests.api.serving import example

ASK = "mutation($e:String!){rematerialize(experiment:$e){__typename ...on Failure{code message path}}}"


def _mutate(services: MemoryServices, text: str = ASK, role: Role = Role.ADMIN) -> Any:
    return asyncio.run(example().execute(text, {"e": "tip-bench-a"}, services.context(role)))


def test_what_is_done_leaves_one_row() -> None:
    """Who, what, on what, by which request; written in a thread, because keeping it blocks."""
    services = MemoryServices()
    assert _mutate(services).data == {"rematerialize": {"__typename": "LaunchSuccess"}}
    (entry,) = services.audit.entries
    assert (entry.actor, entry.role, entry.operation, entry.target) == (
        "u-admin",
        "ADMIN",
        "rematerialize",
        "tip-bench-a",
    )
    assert (entry.outcome, entry.request_id, entry.input_hash) == (
        "done",
        "request-1",
        input_hash({"experiment": "tip-bench-a"}),
    )
    assert entry.at.endswith("+00:00")
    assert services.audit.threads != [threading.get_ident()]


@pytest.mark.parametrize(
    "refusal",
    [
        refusals.InvalidInput("no", ("experiment",)),
        refusals.NotFound("no"),
        refusals.NameTaken("no"),
        refusals.Conflict("no"),
        refusals.InProgress("no"),
        refusals.Forbidden("no"),
        refusals.Unavailable("no"),
    ],
    ids=lambda refusal: refusal.code,
)
def test_what_is_refused_leaves_one_row_with_its_code(refusal: refusals.Refusal) -> None:
    """And the client gets the union's member with code, message and path."""
    services = MemoryServices()
    services.launches.refuses = refusal
    answer = _mutate(services).data["rematerialize"]
    assert answer == {
        "__typename": type(refusal).__name__,
        "code": refusal.code,
        "message": "no",
        "path": list(refusal.path),
    }
    assert [entry.outcome for entry in services.audit.entries] == [refusal.code]


def test_what_breaks_leaves_a_row_too() -> None:
    """INTERNAL, and the client sees no more than that."""
    services = MemoryServices()
    services.launches.refuses = RuntimeError("hunter2")
    assert _mutate(services).errors[0].extensions["code"] == "INTERNAL"
    assert [entry.outcome for entry in services.audit.entries] == ["INTERNAL"]


def test_each_mutation_of_a_document_has_its_own_row() -> None:
    """With its own target."""
    services = MemoryServices()
    _mutate(
        services,
        'mutation($e:String!){a:rematerialize(experiment:$e){__typename} b:rematerialize(experiment:"b"){__typename}}',
    )
    assert [entry.target for entry in services.audit.entries] == ["tip-bench-a", "b"]


def test_a_target_as_long_as_a_body_is_cut() -> None:
    """The row keeps a part of its hash."""
    services = MemoryServices()
    _mutate(services, f'mutation{{rematerialize(experiment:"{"x" * 9_000}"){{__typename}}}}')
    assert [len(entry.target) for entry in services.audit.entries] == [len("sha256:") + 16]


def test_what_may_not_run_leaves_no_row() -> None:
    """Refused before anything ran; the log has its code."""
    services = MemoryServices()
    assert _mutate(services, role=Role.JUDGE).errors[0].extensions["code"] == "FORBIDDEN"
    assert services.audit.entries == []


class _Answers:
    """What judges change."""

    @mutation(Role.JUDGE, "Answer.")
    def answer(self) -> int:
        """One more."""
        return 1


def test_near_a_full_disk_only_admins_change_anything() -> None:
    """Whoever else would is told so, before anything runs or a row is written; reads go on."""
    schema, services = build_schema([Queries], [_Answers], types=[Experiment, User]), MemoryServices()
    services.capacity = False

    def answered(text: str, role: Role) -> Any:
        return asyncio.run(schema.execute(text, {}, services.context(role)))

    assert answered("mutation{answer}", Role.JUDGE).errors[0].extensions["code"] == "UNAVAILABLE"
    assert services.audit.entries == []
    assert answered("{me}", Role.JUDGE).data == {"me": "u-judge"}
    assert answered("mutation{answer}", Role.ADMIN).data == {"answer": 1}
    services.capacity = True
    assert answered("mutation{answer}", Role.JUDGE).data == {"answer": 1}
    assert [entry.role for entry in services.audit.entries] == ["ADMIN", "JUDGE"]


def test_the_hash_is_of_what_was_given() -> None:
    """Order and absent fields do not matter, an explicit null does; inputs and enums count by content."""
    kind = Enum("kind", ["A"])
    thing = make_dataclass("thing", ["x", "y"])
    assert input_hash({"a": 1, "b": 2}) == input_hash({"b": 2, "a": 1})
    assert input_hash({"a": 1, "b": strawberry.UNSET}) == input_hash({"a": 1}) != input_hash({"a": 1, "b": None})
    assert input_hash({"i": thing(1, strawberry.UNSET)}) == input_hash({"i": {"x": 1}})
    assert input_hash({"n": 10**30}) != input_hash({"n": 10**30 + 1})
    assert input_hash({"e": kind["A"]}) == input_hash({"e": kind["A"].value})


def test_an_argument_that_is_hidden_is_in_no_hash() -> None:
    """The rest of the arguments is; an address could be guessed from its hash."""

    class Changes:
        @mutation(Role.ADMIN, "Change.")
        async def change(self, info: Info, address: str, days: int) -> int:  # noqa: ARG002  # the schema has it
            """Hide the address."""
            info.context.hide("address")
            return days

    schema, services = build_schema([Queries], [Changes], types=[Experiment]), MemoryServices()
    document = 'mutation { change(address: "a@example.org", days: 2) }'
    assert asyncio.run(schema.execute(document, context_value=services.context())).errors is None
    (entry,) = services.audit.entries
    assert entry.input_hash == input_hash({"days": 2})
