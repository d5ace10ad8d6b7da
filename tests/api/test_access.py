import asyncio
from typing import Any

import pytest
import strawberry
from graphql import GraphQLError

from api.access import Gate, RequiresRole, Ungated, check_type, refusal, required
from api.execution.audited import Audited
from api.fields import mutation, query
from api.schema import build_schema, print_schema
from api.types.node import Node, accepts, global_id, node_id
from contracts.access.auth import UserView
from contracts.access.caller import Role
from tests.api.memory_services import MemoryServices
from tests.api.serving import example

DEFINITION = "__strawberry_definition__"
"""Where strawberry puts what it knows of a type."""


class _Fine:
    @query(Role.USER, "Fine.")
    def fine(self) -> int:
        """A sync field."""
        return 1


class _Bare:
    @strawberry.field(description="No gate.")  # type: ignore[untyped-decorator] # strawberry's own, as somebody might
    def bare(self) -> int:
        return 1


class _Plain:
    extra: int = 3


class _OnlyDirective:
    @strawberry.field(description="Says a role.", directives=[RequiresRole(role=Role.ADMIN)])  # type: ignore[untyped-decorator] # the same
    def only(self) -> int:
        return 1


class _Inherited(_Bare):
    """Inherits a field without a gate."""


@pytest.mark.parametrize("part", [_Bare, _Plain, _OnlyDirective, _Inherited])
def test_a_root_field_without_a_gate_does_not_build(part: type) -> None:
    """A bare one, a plain attribute, a directive that nothing enforces, an inherited one."""
    with pytest.raises(Ungated, match="has no gate"):
        build_schema([_Fine, part])


def test_a_mutation_without_an_audit_row_does_not_build() -> None:
    """The gate alone is not enough there."""

    class Changes:
        @strawberry.mutation(description="x", extensions=[Gate(Role.ADMIN)])  # type: ignore[untyped-decorator] # the same
        def change(self) -> int:
            return 1

    with pytest.raises(Ungated, match="is not audited"):
        build_schema([_Fine], [Changes])


def test_a_node_type_without_a_role_does_not_build() -> None:
    """Node ids would lead past the role of the root field that showed it."""

    @strawberry.type(description="x")
    class Loose(Node):
        is_type_of = accepts(UserView)
        id: strawberry.ID = node_id("Loose", "id")

    with pytest.raises(Ungated, match="Loose is a Node without a role"):
        build_schema([_Fine], types=[Loose])


def test_the_directive_is_printed_once_however_often_a_schema_is_built() -> None:
    """Applying a gate again adds nothing; the second schema's text equals the first's."""
    first, second = print_schema(example()), print_schema(example())
    assert first == second
    assert "): ExperimentConnection! @requiresRole(role: ADMIN)\n" in first
    assert "type Experiment implements Node @requiresRole(role: ADMIN) {" in first
    assert "directive @requiresRole(role: Role!) on FIELD_DEFINITION | OBJECT" in first


@pytest.mark.parametrize("role", [None, Role.USER, Role.JUDGE, Role.ADMIN])
def test_a_role_allows_what_lower_roles_may(role: Role | None) -> None:
    """UNAUTHENTICATED without a caller, FORBIDDEN below, None from the role up."""
    caller = MemoryServices().context(role).caller
    expected = [] if role is None else [each for each in Role if each <= role]
    assert [each for each in Role if refusal(caller, each) is None] == expected
    code = "UNAUTHENTICATED" if role is None else "FORBIDDEN"
    codes = [
        refused.extensions["code"]
        for each in Role
        if (refused := refusal(caller, each)) is not None and refused.extensions
    ]
    assert codes == [code] * (3 - len(expected))


def test_a_type_is_read_from_its_role_up() -> None:
    """Whoever finds the type at run time asks here; one without a role, or not of strawberry, is everybody's."""

    @strawberry.type(description="x")
    class Open:
        number: int

    @strawberry.type(description="x", directives=[RequiresRole(role=Role.JUDGE)])
    class Guarded:
        number: int

    fine: Any = getattr(Open, DEFINITION)
    guarded: Any = getattr(Guarded, DEFINITION)
    for role in (None, Role.USER, Role.JUDGE, Role.ADMIN):
        caller = MemoryServices().context(role).caller
        check_type(caller, fine)
        check_type(caller, None)
        if role is None or role < Role.JUDGE:
            with pytest.raises(GraphQLError, match="Sign in" if role is None else "needs the role JUDGE"):
                check_type(caller, guarded)
        else:
            check_type(caller, guarded)


def test_the_gate_is_a_second_lock_of_its_own() -> None:
    """Without the plan the field still refuses, sync or async."""
    context = MemoryServices().context(Role.USER)
    gate = Gate(Role.ADMIN)
    info: Any = type("Info", (), {"context": context})()
    with pytest.raises(Exception, match="needs the role ADMIN"):
        gate.resolve(lambda *_: 1, None, info)
    with pytest.raises(Exception, match="needs the role ADMIN"):
        asyncio.run(gate.resolve_async(lambda *_: 1, None, info))  # type: ignore[arg-type] # never called


def test_a_sync_field_stays_sync_behind_its_gate() -> None:
    """No coroutine where none is needed."""
    schema: Any = build_schema([_Fine])
    field = schema.query.__strawberry_definition__.fields[0]
    assert not field.is_async
    assert required(field.directives) is Role.USER


def test_node_does_not_lead_past_a_role() -> None:
    """A user who may ask for nodes reads none of an admins' type: by id or fragment; nothing is looked up."""
    services, schema = MemoryServices(), example()
    wanted = {"id": global_id("Experiment", "tip-bench-00001")}
    for selection in ("id", "__typename", "...on Experiment{name}"):
        text = f"query($id:ID!){{node(id:$id){{{selection}}}}}"
        result = asyncio.run(schema.execute(text, wanted, services.context(Role.USER)))
        assert result.errors
        assert [error.extensions["code"] for error in result.errors if error.extensions] == ["FORBIDDEN"]
        assert not (result.data or {}).get("node")
    assert services.experiments.requested == []


def test_an_interface_elsewhere_does_not_lead_past_a_role_either() -> None:
    """The type behind an interface is asked for its role when it is known."""

    @strawberry.type(description="x", directives=[RequiresRole(role=Role.ADMIN)])
    class Hidden(Node):
        is_type_of = accepts(UserView)
        id: strawberry.ID = node_id("Hidden", "id")

    class Search:
        @query(Role.USER, "Finds.", Node)
        def found(self) -> UserView:
            """One of them."""
            return UserView("u", Role.USER, None, "", None)

    schema, services = build_schema([Search], types=[Hidden]), MemoryServices()
    refused = asyncio.run(schema.execute("{found{id}}", context_value=services.context(Role.USER)))
    assert [error.extensions for error in refused.errors or ()] == [{"code": "FORBIDDEN"}]
    assert asyncio.run(schema.execute("{found{id}}", context_value=services.context())).data == {
        "found": {"id": global_id("Hidden", "u")}
    }


def test_a_mutation_helper_gates_and_audits() -> None:
    """Both locks come with the decorator."""

    class Changes:
        @mutation(Role.JUDGE, "Change.")
        async def change(self) -> int:
            """Nothing."""
            return 1

    schema: Any = build_schema([_Fine], [Changes])
    kinds = [type(each) for each in schema.mutation.__strawberry_definition__.fields[0].extensions]
    assert kinds == [Audited, Gate]
