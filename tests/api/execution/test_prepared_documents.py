import asyncio
import logging
from typing import Annotated, Any

import pytest
import strawberry

from api.execution.prepared_documents import PreparedDocument, PreparedDocuments
from api.fields import query
from api.limits.document_limits import DocumentLimits
from api.limits.rate_limits import TokenRate
from api.schema import AdminSchema, build_schema
from contracts.access.caller import Role
from tests.api.example import Experiment, Queries
from tests.api.memory_services import MemoryServices
from tests.api.serving import example


def _run(schema: AdminSchema, text: str, role: Role | None = Role.ADMIN, **variables: Any) -> Any:
    services = MemoryServices()
    result: Any = asyncio.run(schema.execute(text, variables, services.context(role)))
    result.requested = services.experiments.requested
    return result


def _codes(result: Any) -> list[str]:
    return [error.extensions["code"] for error in result.errors or ()]


def test_a_document_is_prepared_once() -> None:
    """Whatever the variables and whoever asks; the refusal of one caller is not kept for another."""
    schema = example()
    documents = schema.guarding.documents
    text = "query($n:Int!){experiments(first:$n){nodes{name}}}"
    for n, role in ((1, Role.ADMIN), (2, Role.USER), (3, None), (4, Role.JUDGE), (5, Role.ADMIN)):
        result = _run(schema, text, role, n=n)
        assert bool(result.errors) is (role is not Role.ADMIN)
    assert documents.made == 1


def _made(documents: PreparedDocuments, text: str, *, hints: bool = True) -> PreparedDocument:
    """What a caller gets: cached, or read, validated and cached."""
    found = documents.find(text, hints=hints)
    if found is None:
        found = documents.read(text)
        found = found if found.plan is None else documents.validated(found, hints=hints)
        documents.add(text, found, hints=hints)
    return found


def test_refused_documents_push_nothing_out() -> None:
    """They are found again, by those who may see the same errors, and only long ones are made anew each time."""
    documents = PreparedDocuments(example().graphql_schema, DocumentLimits(), capacity=2_000)
    good = _made(documents, "{me}")
    for text in ("{nope}", "{", *(f"{{nope{n}}}" for n in range(400))):  # 3,490 characters
        _made(documents, text)
    assert _made(documents, "{me}") is good
    assert _made(documents, "{nope399}") is _made(documents, "{nope399}")
    assert documents.find("{nope399}", hints=False) is None
    assert documents.find("{nope}", hints=True) is None
    long = "{me} #" + "x" * 20_000
    assert _made(documents, long) is not _made(documents, long)


def test_no_more_than_three_faults_are_looked_for() -> None:
    """Of a hundred unknown types; below ADMIN nothing is compared with the schema's names."""
    documents = example().guarding.documents
    text = "query(" + "".join(f"$a{n}:Strin " for n in range(100)) + "){me}"
    plain, hinted = _made(documents, text, hints=False), _made(documents, text, hints=True)
    assert (len(plain.errors), len(hinted.errors)) == (3, 3)
    assert ["Did you mean" in error.message for error in (*plain.errors, *hinted.errors)] == [False] * 3 + [True] * 3


@pytest.mark.parametrize(
    ("text", "role", "code"),
    [
        ("{experiments{nodes{name}}}", None, "UNAUTHENTICATED"),
        ("{", None, "UNAUTHENTICATED"),
        ("{experiments{nodes{name}}}", Role.JUDGE, "FORBIDDEN"),
        ("{__schema{types{name}}}", Role.JUDGE, "FORBIDDEN"),
        ("{experiments(first:1){nodes{nope}}}", Role.ADMIN, "BAD_REQUEST"),
        ("{", Role.USER, "BAD_REQUEST"),
        ("{me" + "{a" * 500 + "}" * 501, Role.USER, "TOO_COMPLEX"),
        ("{" + "me " * 3_000 + "}", Role.USER, "TOO_COMPLEX"),
        ("query A{me} query B{me}", Role.USER, "BAD_REQUEST"),
        (f"{{experiments(first:{'9' * 5_000}){{nodes{{name}}}}}}", Role.ADMIN, "BAD_REQUEST"),
        ("subscription{runProgress(runId:1){done}}", Role.ADMIN, "BAD_REQUEST"),
        ("query($n:Int!){experiments(first:$n){nodes{name}}}", Role.ADMIN, "BAD_REQUEST"),
        (
            "{experiments(first:1000){nodes{base{base{base{name state nCells}}}} edges{node{"
            + " ".join(f"a{n}:name" for n in range(50))
            + "}}}}",
            Role.ADMIN,
            "TOO_COMPLEX",
        ),
    ],
    ids=lambda value: str(value)[:30],
)
def test_refusals_have_their_codes_and_nothing_runs(text: str, role: Role | None, code: str) -> None:
    """Before anything is asked."""
    result = _run(example(), text, role)
    assert (_codes(result), result.data, result.requested) == ([code], None, [])


def test_suggestions_are_for_admins() -> None:
    """Field, argument and type names of the schema are not offered to others."""
    for text in ("{mee}", "{me(x:1)}", "query($a:Strin){me}"):
        plain, full = _run(example(), text, Role.USER), _run(example(), text)
        assert all("Did you mean" not in error.message for error in plain.errors)
        assert _codes(plain) == _codes(full)
    assert "Did you mean" in _run(example(), "{mee}").errors[0].message


def test_cost_is_reported_and_limits_the_rate() -> None:
    """RATE_LIMITED with the seconds to wait; another caller is not concerned; time helps."""
    now = [0.0]
    schema = build_schema([Queries], types=[Experiment], rate=TokenRate(burst=25, per_second=1), clock=lambda: now[0])
    _made(schema.guarding.documents, "{me}")
    assert _run(schema, "{me}").extensions == {"cost": 10}
    assert _codes(_run(schema, "{me}")) == []
    limited = _run(schema, "{me}")
    assert limited.errors[0].extensions == {"code": "RATE_LIMITED", "retryAfter": 5}
    assert _codes(_run(schema, "{me}", Role.USER)) == []
    now[0] = 7.0
    assert _codes(_run(schema, "{me}")) == []


def test_documents_are_kept_up_to_the_capacity() -> None:
    """The ones not used for longest go."""
    schema = example()
    documents = PreparedDocuments(schema.graphql_schema, DocumentLimits(), capacity=30)
    texts = ["{me a:me}", "{me b:me}", "{me c:me}", "{me d:me}"]
    for text in texts[:3]:
        _made(documents, text)
    _made(documents, texts[0])
    _made(documents, texts[3])
    assert [documents.find(text, hints=True) is not None for text in texts] == [True, False, True, True]


def test_a_long_document_counts_by_its_length_before_it_is_read() -> None:
    """Rubbish of many kilobytes is not parsed at will."""
    schema = build_schema([Queries], types=[Experiment], rate=TokenRate(burst=1_000, per_second=1), clock=lambda: 0.0)
    texts = [f"{{me a{n}:nope {'#' * 1_500}}}" for n in range(3)]
    assert [_codes(_run(schema, text))[0] for text in texts] == ["BAD_REQUEST", "RATE_LIMITED", "RATE_LIMITED"]
    assert schema.guarding.documents.made == 1


def test_refused_documents_count_too() -> None:
    """Rubbish is not free: preparing it comes to 67 units, and each answer to 10."""
    schema = build_schema([Queries], types=[Experiment], rate=TokenRate(burst=90, per_second=1), clock=lambda: 0.0)
    assert [_codes(_run(schema, "{nope}"))[0] for _ in range(3)] == ["BAD_REQUEST", "BAD_REQUEST", "RATE_LIMITED"]


class _Odd:
    @query(Role.USER, "Fails.")
    async def fails(self) -> int:
        """With a secret in its message."""
        raise RuntimeError("postgres://root:hunter2@db")

    @query(Role.USER, "Waits.")
    async def waits(self) -> int:
        """For ever."""
        await asyncio.Event().wait()
        return 1

    @query(Role.USER, "Too large.")
    def large(self) -> int:
        """More than GraphQL's Int."""
        return 2**40

    @query(Role.USER, "Says.")
    def says(self, secret: Annotated[str, strawberry.argument(description="x")]) -> str:
        """Its argument."""
        return secret


def test_internal_errors_are_masked_and_logged_without_text(caplog: pytest.LogCaptureFixture) -> None:
    """The client gets a code and the id, the log the id, the class and the place; neither gets the message or query."""
    with caplog.at_level(logging.INFO):
        result = _run(build_schema([_Odd]), '{fails says(secret:"hunter3")}', Role.USER)
    assert result.errors[0].extensions == {"code": "INTERNAL", "id": "request-1"}
    assert result.errors[0].path == ["fails"]
    assert "hunter" not in str(result.errors)
    assert "hunter" not in caplog.text
    assert "request-1 INTERNAL at fails: RuntimeError in test_prepared_documents.py" in caplog.text


def test_expected_codes_are_logged_at_info_without_text(caplog: pytest.LogCaptureFixture) -> None:
    """A refused query with a secret literal leaves a code only."""
    with caplog.at_level(logging.INFO):
        _run(build_schema([_Odd]), '{nope says(secret:"hunter3")}', Role.USER)
    assert [(each.levelname, each.getMessage()) for each in caplog.records if each.name == "tipbench.api"] == [
        ("INFO", "request-1 BAD_REQUEST at ")
    ]
    assert "hunter3" not in caplog.text


def test_a_value_that_the_type_cannot_hold_is_internal() -> None:
    """Our data's fault, not the client's."""
    assert _codes(_run(build_schema([_Odd]), "{large}")) == ["INTERNAL"]


def test_a_query_ends_in_time() -> None:
    """TIMEOUT, though the field itself would wait for longer than anybody."""
    result = _run(build_schema([_Odd], limits=DocumentLimits(seconds=0.05)), "{waits}")
    assert _codes(result) == ["TIMEOUT"]
