"""The access rule over the whole schema and all routes: roles and ownership, as a committed table."""

import json
from pathlib import Path
from typing import Any

import pytest
from graphql import build_schema

from api.root import admin_schema
from api.schema import print_schema
from api.types.users import ADMIN_SESSION_S
from contracts.access.caller import Role
from services.auth.tables import SESSIONS
from tests.wiring.conftest import NAME, ORIGIN, Served
from tests.wiring.documents import documents

pytestmark = pytest.mark.parametrize("way", ["here", "served"])
GOLDEN = Path(__file__).parents[2] / "golden" / "access.json"
PEOPLE = (None, "user", "other", "anna", "bert", "admin")
TEXTS = {"experiment": NAME, "name": NAME, "round": "round-anna", "item": "an-item-of-nobody", "judge": "anna"}


def outcome(answer: Any) -> str:
    """`ok`, or the code of the error or failure."""
    if isinstance(answer, str):  # a stream
        answer = json.loads(answer.partition("data: ")[2].partition("\n")[0])
    if answer.get("errors"):
        return str(answer["errors"][0]["extensions"]["code"])
    kinds = [value["__typename"] for value in answer["data"].values() if isinstance(value, dict)]
    return kinds[0] if kinds else "ok"


def walked(served: Served) -> dict[str, dict[str, str]]:
    """What each person gets for each root field; what ends things for admins comes last."""
    found: dict[str, dict[str, str]] = {}
    pairs = sorted(documents(build_schema(print_schema(admin_schema())), TEXTS), key=lambda pair: "archive" in pair[0])
    for place, document in pairs:
        own = document
        stream = place.startswith("Subscription")
        if place == "Subscription.experimentUpdated":
            own = own.replace(NAME, "tip-bench-nobody-launched")  # a known one would never end
        accept = "text/event-stream" if stream else "application/json"
        found[place] = {str(person): outcome(served.graphql(own, person, accept)) for person in PEOPLE}
    return found


@pytest.mark.slow
def test_the_access_table_is_the_committed_one(served: Served) -> None:
    """Every root field for anonymous, two users, two judges and admin; a new field is not in the table and fails."""
    now = walked(served)
    assert now == json.loads(GOLDEN.read_text("utf-8")), json.dumps(now, indent=1)


def test_a_judge_sees_only_rounds_of_its_own(served: Served) -> None:
    """The other judge's round is not there: not in lists, not by id, not to answer."""
    listed = "{ judgeRounds { nodes { id judge total items(first: 2) { nodes { item tip } } } } }"
    anna = served.graphql(listed, "anna")["data"]["judgeRounds"]["nodes"]
    assert [(node["id"], node["judge"]) for node in anna] == [("round-anna", "anna")]
    assert anna[0]["total"] == 33, "of 36 tips, those that look alike in one scenario are one item"
    everything = served.graphql(listed, "admin")["data"]["judgeRounds"]["nodes"]
    assert {node["id"] for node in everything} == {"round-anna", "round-bert"}
    item = anna[0]["items"]["nodes"][0]["item"]
    answer = f'submitScores(round: "round-anna", answer: {{item: "{item}", unscorable: "?"}})'
    said = served.graphql(f"mutation {{ {answer} {{ __typename }} }}", "bert")
    assert said["data"]["submitScores"]["__typename"] == "NotFound"


def test_a_judge_answers_and_takes_back(served: Served) -> None:
    """Stored when it answers, in force in the list, gone after undo; each step is an audit row without the text."""
    item = served.graphql("{ judgeRounds { nodes { items(first: 1) { nodes { item } } } } }", "anna")["data"][
        "judgeRounds"
    ]["nodes"][0]["items"]["nodes"][0]["item"]
    criteria = ["specific", "actionable", "fitting", "respectful", "clear"]
    scores = ", ".join(f'{{criterion: "{name}", value: 4}}' for name in criteria)
    scores += ', {criterion: "keeps_limits", value: 1}'
    submit = f'submitScores(round: "round-anna", answer: {{item: "{item}", scores: [{scores}], comment: "Private."}})'
    stored = served.graphql(
        f"mutation {{ {submit} {{ __typename ... on Answer {{ scores {{ criterion value }} }} }} }}", "anna"
    )
    assert {entry["value"] for entry in stored["data"]["submitScores"]["scores"]} == {4, 1}
    seen = (
        '{ judgeRound(round: "round-anna") { answered items(answered: true) { nodes { item answer { comment } } } } }'
    )
    assert served.graphql(seen, "anna")["data"]["judgeRound"]["answered"] == 1
    bad = submit.replace("value: 4", "value: 9", 1)
    refused = served.graphql(f"mutation {{ {bad} {{ ... on Failure {{ code path }} }} }}", "anna")["data"][
        "submitScores"
    ]
    assert (refused["code"], refused["path"][-1]) == ("INVALID_INPUT", "specific")
    undo = f'mutation {{ undoScores(round: "round-anna", item: "{item}") {{ ... on Undone {{ answer {{ item }} }} }} }}'
    assert served.graphql(undo, "anna")["data"]["undoScores"]["answer"] is None
    assert served.outcomes() == [("submitScores", "done"), ("submitScores", "INVALID_INPUT"), ("undoScores", "done")]


def test_a_demoted_admin_is_refused(served: Served) -> None:
    """A session answers with the role in the store, at most a second late."""
    served.auth.redeem(served.auth.local_link().secret)  # the last admin could not be demoted
    invited = served.auth.redeem(served.auth.invite(Role.ADMIN, None, "tester").secret)
    cookie = {"cookie": f"tipbench_session={invited.secret}", "origin": ORIGIN, "content-type": "application/json"}
    body = b'{"query": "{ experiments { nodes { name } } }"}'
    assert "data" in served.ask("POST", "/graphql", content=body, headers=cookie).json()
    served.graphql(f'mutation {{ grantRole(user: "{invited.caller.subject}", role: USER) {{ __typename }} }}', "admin")
    assert outcome(served.ask("POST", "/graphql", content=body, headers=cookie).json()) == "FORBIDDEN"


def test_an_admin_is_made_in_a_browsers_recent_session_only(served: Served) -> None:
    """Not with a token, nor 15 minutes after the sign-in; other roles are given with either."""
    served.sessions["admin"] = served.auth.redeem(served.auth.local_link().secret).secret

    def kinds(role: str) -> list[str]:
        user = served.auth.redeem(served.auth.invite(Role.USER, None, "tester").secret).caller.subject
        each = (
            f"inviteUser(role: {role}) {{ __typename }}",
            f'grantRole(user: "{user}", role: {role}) {{ __typename }}',
        )
        answers = [served.graphql(f"mutation {{ {one} }}", "admin")["data"] for one in each]
        return [next(iter(answer.values()))["__typename"] for answer in answers]

    assert kinds("ADMIN") == ["Invitation", "User"]
    session = served.sessions.pop("admin")
    assert kinds("ADMIN") == ["Forbidden", "Forbidden"]
    assert kinds("USER") == ["Invitation", "User"]
    served.sessions["admin"] = session
    with served.database.begin() as connection:
        connection.execute(SESSIONS.update().values(created_at=SESSIONS.c.created_at - ADMIN_SESSION_S - 1))
    assert kinds("ADMIN") == ["Forbidden", "Forbidden"]


def test_what_outlives_a_session_or_has_no_way_back_needs_a_recent_one(served: Served) -> None:
    """A token is made and a user erased by a browser's session of 15 minutes alone, and nobody erases themselves so."""
    user = served.auth.redeem(served.auth.invite(Role.USER, None, "tester").secret).caller.subject

    def said(call: str) -> dict[str, Any]:
        shown = "... on NewToken { id secret user }" if call.startswith("make") else "... on Erasure { id user }"
        fields = f"... on Failure {{ code }} {shown}"
        answer = served.graphql(f"mutation {{ it: {call} {{ __typename {fields} }} }}", "admin")
        found: dict[str, Any] = answer["data"]["it"]
        return found

    make, erase = "makeToken(role: USER, days: 2)", f'eraseUser(user: "{user}")'
    assert [said(call)["code"] for call in (make, erase)] == ["FORBIDDEN"] * 2
    signed_in = served.auth.redeem(served.auth.local_link().secret)
    served.sessions["admin"] = signed_in.secret
    token = said(make)
    caller = served.auth.by_bearer(token["secret"])
    assert caller is not None
    assert (caller.credential, caller.subject) == (token["id"], token["user"])
    assert said("makeToken(role: USER, days: 91)")["code"] == "INVALID_INPUT"
    assert said(f'eraseUser(user: "{signed_in.caller.subject}")')["code"] == "CONFLICT"
    assert said('eraseUser(user: "nobody")')["code"] == "NOT_FOUND"
    begun = said(erase)
    assert (begun["user"], said(erase)["id"]) == (user, begun["id"])
    with served.database.begin() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM audit_entries").all()
        assert token["secret"] not in str(rows)
        connection.execute(SESSIONS.update().values(created_at=SESSIONS.c.created_at - ADMIN_SESSION_S - 1))
    assert [said(call)["code"] for call in (make, erase)] == ["FORBIDDEN"] * 2


def test_what_cannot_be_read_is_unavailable_and_named(served: Served) -> None:
    """A damaged file of the lake is said at the field that needed it, by its place in the lake, not masked."""
    folder = served.bench.home.experiment(NAME)
    for file, query in (
        ("leaderboards/manifest.json", f'{{ leaderboard(experiment: "{NAME}") {{ snapshot }} }}'),
        ("records.jsonl", f'{{ experiment(name: "{NAME}") {{ baseline }} }}'),
        ("candidates/manifest.json", f'{{ candidates(experiment: "{NAME}") {{ nodes {{ id }} }} }}'),
    ):
        whole = (folder / file).read_bytes()
        (folder / file).write_bytes(b"{\n")
        error = served.graphql(query, "admin")["errors"][0]
        assert error["extensions"]["code"] == "UNAVAILABLE", file
        assert error["message"].startswith(f"lake/{NAME}/{file} cannot be read")
        (folder / file).write_bytes(whole)


def test_an_argument_called_name_is_named_so(served: Served) -> None:
    """Refusals of archiving and of the baseline blame the argument that they were given."""
    for mutation in (
        'archiveExperiment(name: "tip-bench-none")',
        'unarchiveExperiment(name: "tip-bench-none")',
        'setBaseline(name: "tip-bench-none", baseline: "a/b")',
    ):
        found = served.graphql(f"mutation {{ {mutation} {{ ... on Failure {{ code path }} }} }}", "admin")["data"]
        assert next(iter(found.values())) == {"code": "NOT_FOUND", "path": ["name"]}


def test_other_methods_hosts_and_origins_get_nowhere(served: Served) -> None:
    """GET is 405 whatever it accepts, a foreign host 421, a cookie from a foreign page 403."""
    for accept in ("application/json", "text/event-stream"):
        answer = served.ask("GET", "/graphql?query={me{role}}", "admin", headers={"accept": accept})
        assert answer.status_code == 405
    assert served.ask("POST", "/graphql", "admin", headers={"host": "evil.example"}).status_code == 421
    secret = served.auth.redeem(served.auth.local_link().secret).secret
    cookie = {"cookie": f"tipbench_session={secret}", "content-type": "application/json"}
    body = b'{"query": "{ me { role } }"}'
    for origin, status in (("http://127.0.0.1:4000", 403), ("http://127.0.0.1:3999", 200), ("null", 403)):
        given = {**cookie, "origin": origin}
        assert served.ask("POST", "/graphql", content=body, headers=given).status_code == status
    assert served.ask("POST", "/graphql", "admin", content=body, headers=cookie).status_code == 400


def test_the_front_page_says_who_one_is(served: Served) -> None:
    """Links, also to reports, for admins, words for others, 401 for nobody; no script and nothing from elsewhere."""
    page = served.ask("GET", "/", "admin").text
    assert "/dagster/" in page
    report, board = (f"/api/bench/{read}/{NAME}" for read in ("report", "leaderboard"))
    assert (f'href="{report}"' in page, f'href="{board}"' in page) == (True, True)
    assert f"<h1>{NAME}</h1>" in served.ask("GET", report, "admin").text
    assert all("/api/bench/" not in served.ask("GET", "/", person).text for person in (None, "user", "anna"))
    assert "judge" in served.ask("GET", "/", "anna").text
    nobody = served.ask("GET", "/")
    assert (nobody.status_code, "/dagster/" in nobody.text) == (401, False)
    assert "default-src 'none'" in nobody.headers["content-security-policy"]
