"""The routes of one's own profile and consents."""

from contracts.modules.profile import Consent, Person, Profile, Purpose, StoredProfile
from contracts.modules.profile_http import ConsentDecision, ConsentList, ProfileView
from contracts.routes import RouteAnswer, RouteCall, RouteSpec

DAY_WINDOW_S = 3600
"""After so many seconds the oldest of a day's decisions may be out of it."""


def _read(person: Person, call: RouteCall) -> RouteAnswer:
    return _shown(person.profile(call.caller.subject))


def _put(person: Person, call: RouteCall) -> RouteAnswer:
    return _shown(person.put_profile(call.caller.subject, call.body, call.version))


def _standing(person: Person, call: RouteCall) -> RouteAnswer:
    return RouteAnswer(value=ConsentList(list(person.consents(call.caller.subject))))


def _decide(person: Person, call: RouteCall) -> RouteAnswer:
    given: ConsentDecision = call.body
    decided = person.decide(
        call.caller.subject, call.path["purpose"], given=given.given, version=given.version, channel=call.caller.via
    )
    return RouteAnswer(value=decided)


def _shown(stored: StoredProfile) -> RouteAnswer:
    profile = stored.profile
    view = ProfileView(
        name=profile.name,
        locale=profile.locale,
        preferences=profile.preferences,
        zones=stored.zones,
        updated_at=stored.updated_at,
    )
    return RouteAnswer(value=view, version=stored.version)


ROUTES = (
    RouteSpec(
        method="GET",
        path="/v1/profile",
        name="profile",
        summary="What you told the app.",
        endpoint=_read,
        answer=ProfileView,
        versioned=True,
        refusals=(410,),
    ),
    RouteSpec(
        method="PUT",
        path="/v1/profile",
        name="putProfile",
        summary="Take its place, if nobody changed it since you read it.",
        endpoint=_put,
        body=Profile,
        answer=ProfileView,
        versioned=True,
        idempotent=True,
        refusals=(410,),
    ),
    RouteSpec(
        method="GET",
        path="/v1/profile/consents",
        name="consents",
        summary="What you agreed to.",
        endpoint=_standing,
        answer=ConsentList,
    ),
    RouteSpec(
        method="PUT",
        path="/v1/profile/consents/{purpose}",
        name="decide",
        summary="Agree to a purpose on the text that you were shown, or withdraw.",
        endpoint=_decide,
        parameters={"purpose": Purpose},
        body=ConsentDecision,
        answer=Consent,
        idempotent=True,
        retry_s=DAY_WINDOW_S,
        refusals=(410,),
    ),
)
SCHEMA_NAMES: dict[type, str] = {
    ProfileView: "Shown",
    ConsentList: "Standing",
    ConsentDecision: "Decision",
}
"""Names in the OpenAPI document where they are not the records' own: clients have types of these names."""
