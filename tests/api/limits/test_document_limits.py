import pytest
from graphql import GraphQLError, get_introspection_query, parse

from api.limits.document_limits import DocumentLimits, OperationPlan, plan_operation
from api.limits.schema_info import SchemaInfo
from contracts.access.caller import Role
from tests.api.serving import example

SCHEMA_INFO = SchemaInfo(example().graphql_schema)
LIMITS = DocumentLimits()


def _plan(text: str) -> OperationPlan:
    return plan_operation(SCHEMA_INFO, parse(text), LIMITS)


def _code(text: str) -> str:
    with pytest.raises(GraphQLError) as refused:
        _plan(text)
    assert refused.value.extensions is not None
    return str(refused.value.extensions["code"])


def _doubling(levels: int, leaf: str = "me") -> str:
    middle = "".join(f"fragment F{n} on Query{{...F{n + 1} ...F{n + 1}}}" for n in range(levels))
    return f"{{...F0}}{middle}fragment F{levels} on Query{{{leaf}}}"


@pytest.mark.parametrize("levels", [18, 20, 39, 200])
def test_doubling_fragments_cost_what_their_text_costs(levels: int) -> None:
    """663 bytes that would be a million fields are refused after a visit or two a fragment."""
    limits = DocumentLimits(visits=4 * levels)
    with pytest.raises(GraphQLError) as refused:
        plan_operation(SCHEMA_INFO, parse(_doubling(levels)), limits)
    assert refused.value.extensions == {"code": "TOO_COMPLEX"}
    assert "parts" not in refused.value.message


def test_each_fragment_is_walked_once() -> None:
    """Nine spreads of one fragment are one walk of it."""
    text = "{" + "...F " * 9 + "} fragment F on Query{experiments{nodes{name state id}}}"
    assert _plan(text).visits < 25


@pytest.mark.parametrize(
    "text",
    [
        "{" + "me " * 11 + "}",
        "{" + "experiments{nodes{name}}" * 200 + "}",
        "{experiments{" + "nodes{name}" * 6 + "} b:me experiments{" + "nodes{state}" * 6 + "}}",
        "{" + " ".join(f"a{n}:me" for n in range(61)) + "}",
        "{me " + "@skip(if:false)" * 11 + "}",
        "query($v:Int " + "@x" * 11 + "){me}",
        "{experiments{nodes{" + "base{" * 11 + "name" + "}" * 11 + "}}}",
        "{" + "...on Query{" * 30 + "me" + "}" * 30 + "}",
        "{experiments{nodes{"
        + " ".join(f"...F{n}" for n in range(60))
        + "}}}"
        + "".join(f"fragment F{n} on Experiment{{" + " ".join(f"f{n}_{m}" for m in range(10)) + "}" for n in range(60)),
        "{me} fragment Unused on Query{" + "me " * 11 + "}",
        "{me} fragment Unused on Experiment{" + " ".join(f"f{m}" for m in range(501)) + "}",
    ],
    ids=lambda text: str(len(text)),
)
def test_documents_beyond_a_limit_are_refused(text: str) -> None:
    """Each of the limits, also in fragments that nothing uses, because validation would walk them."""
    assert _code(text) == "TOO_COMPLEX"


def test_five_thousand_aliases_are_stopped_by_the_lexer() -> None:
    """Tokens are counted while parsing."""
    with pytest.raises(GraphQLError, match="tokens"):
        parse("{" + " ".join(f"a{n}:me" for n in range(5_000)) + "}", max_tokens=LIMITS.tokens)


@pytest.mark.parametrize("text", ["query A{me} query B{me}", "fragment F on Query{me}", "type X{a:Int}"])
def test_a_document_holds_exactly_one_operation(text: str) -> None:
    """Two would run the first silently."""
    assert _code(text) == "BAD_REQUEST"


def test_a_second_fragment_of_a_name_hides_none_from_measuring() -> None:
    """Validation would walk both: 5 KB of one field took it 0.7 s."""
    hidden = "{...F} fragment F on Query{" + "experiments{nodes{name}}" * 200 + "} fragment F on Query{me}"
    assert _code(hidden) == "BAD_REQUEST"


@pytest.mark.parametrize(
    "text",
    [
        "{...F} fragment F on Query{...F}",
        "{...F} fragment F on Query{...G} fragment G on Query{...F}",
        "{...Nope}",
        "{a{b{c}}}",
    ],
)
def test_what_validation_refuses_does_not_break_the_plan(text: str) -> None:
    """Cycles, unknown fragments and unknown fields are left to it."""
    assert _plan(text).visits > 0


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("{__typename}", None),
        ("{me}", Role.USER),
        ("{me experiments{nodes{name}}}", Role.ADMIN),
        ("{...F} fragment F on Query{...G} fragment G on Query{experiments{__typename}}", Role.ADMIN),
        ("{... on Query{experiments{__typename}}}", Role.ADMIN),
        ("{node(id:1){id}}", Role.USER),
        ("{node(id:1){...on Experiment{name}}}", Role.ADMIN),
        ("{node(id:1){...F}} fragment F on User{id}", Role.ADMIN),
        ("subscription{runProgress(runId:1){done}}", Role.ADMIN),
        ('mutation{rematerialize(experiment:"x"){__typename}}', Role.ADMIN),
        ("{__schema{types{name}}}", Role.ADMIN),
        ('{me __type(name:"Query"){name}}', Role.ADMIN),
        ('{x:__type(name:"Query"){name}}', Role.ADMIN),
    ],
)
def test_the_highest_role_of_all_fields_and_types_counts(text: str, role: Role | None) -> None:
    """Through fragments, types behind interfaces, every operation kind, and introspection as admin's."""
    assert _plan(text).role is role


@pytest.mark.parametrize(
    ("text", "variables", "cost"),
    [
        ("{me}", {}, 10),
        ("{experiments(first:7){nodes{name state}}}", {}, 10 + 7 * 3),
        ("{experiments{nodes{name state}}}", {}, 10 + 50 * 3),
        ("query($n:Int!){experiments(first:$n){nodes{name}}}", {"n": 9}, 10 + 9 * 2),
        ("query($n:Int!){experiments(first:$n){nodes{name}}}", {}, 10 + 1_000 * 2),
        ("query($n:Int!){experiments(first:$n){nodes{name}}}", {"n": 10**9}, 10 + 1_000 * 2),
        ("query($n:Int!){experiments(first:$n){nodes{name}}}", {"n": -5}, 10 + 2),
        ("query($n:Int!){experiments(first:$n){nodes{name}}}", {"n": True}, 10 + 1_000 * 2),
        ("query($n:Int! = 4){experiments(first:$n){nodes{name}}}", {}, 10 + 4 * 2),
        ("{experiments(first:99999999999999999999){nodes{name}}}", {}, 10 + 1_000 * 2),
        ("{...F ...F} fragment F on Query{experiments(first:2){nodes{name}}}", {}, 2 * (10 + 2 * 2)),
        ("{experiments(first:2){edges{cursor node{name}}}}", {}, 10 + 2 * 4),
    ],
)
def test_cost_is_weight_and_page_size_times_what_is_beneath(text: str, variables: dict[str, object], cost: int) -> None:
    """From a literal, a variable, its default, the argument's default; the largest page where none can be read."""
    planned = _plan(text)
    assert planned.cost.given(variables, planned.defaults) == cost


def test_the_introspection_query_of_tools_passes_for_admins() -> None:
    """It is deeper than other queries may be."""
    assert _plan(get_introspection_query()).role is Role.ADMIN
