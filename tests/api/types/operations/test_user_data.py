"""Consents, profiles and erasures over the schema, as far as admins may see them."""

from typing import Any

import pytest

from contracts.access.caller import Role
from contracts.modules.profile import Person, Profile, Purpose
from tests.wiring.conftest import Served, bench, clock, served, way

__all__ = ["bench", "clock", "served", "way"]
DATA = "{ userData(user: %r) { profileVersion profileUpdatedAt consents { purpose given decidedVersion } } }"


def _answer_about(served: Served, user: str, person: str = "admin") -> Any:
    return served.graphql((DATA % user).replace("'", '"'), person)


@pytest.mark.slow
def test_an_admin_sees_consents_and_not_what_a_profile_says(served: Served) -> None:
    """Version and time of the profile, each purpose with its decision; nobody else sees any of it."""
    user = served.auth.redeem(served.auth.invite(Role.USER, None, "tester").secret).caller.subject
    person: Person = served.modules.service("profile")
    person.put_profile(user, Profile(name="CANARY"), None)
    person.decide(user, Purpose.IMPROVE, given=True, version=1, channel="session")
    answer = _answer_about(served, user)
    found = answer["data"]["userData"]
    assert (found["profileVersion"], found["profileUpdatedAt"] is None) == (1, False)
    given = {each["purpose"]: each["given"] for each in found["consents"]}
    assert given == {"external-model": False, "improve": True, "push": False, "email": False}
    assert "CANARY" not in str(answer)
    assert _answer_about(served, user, "user")["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert _answer_about(served, "nobody")["errors"][0]["extensions"]["code"] == "NOT_FOUND"


@pytest.mark.slow
def test_an_erasure_is_listed_with_the_modules_that_it_waits_for(served: Served) -> None:
    """From the request on, with who asked for it."""
    user = served.auth.redeem(served.auth.invite(Role.USER, None, "tester").secret).caller.subject
    served.modules.erasure.saga.erase(user, "admin")
    listed = served.graphql("{ erasures { user by doneAt stuck waiting } }", "admin")["data"]["erasures"]
    assert [(each["user"], each["by"], each["doneAt"], each["stuck"]) for each in listed] == [
        (user, "admin", None, False)
    ]
    assert "profile" in listed[0]["waiting"]
