"""The OpenAPI description of profile's endpoints."""

from collections.abc import Callable
from typing import Any

from contracts.modules.profile import Consent, Erasure, Profile, Purpose
from contracts.modules.profile_http import ConsentDecision, ConsentList, ErasureList, ErasureRequest, ProfileView

RECORDS = (Profile, ProfileView, Consent, ConsentList, ConsentDecision, ErasureRequest, Erasure, ErasureList)
REF = "#/components/schemas/"
Refusals = Callable[..., dict[str, Any]]
_TAGGED = {"etag": {"schema": {"type": "string"}}, "vary": {"schema": {"type": "string"}}}
_PURPOSE = {
    "name": "purpose",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "enum": [purpose.value for purpose in Purpose]},
}
_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The ETag that was read; * writes over whatever is there.",
    "schema": {"type": "string", "minLength": 1, "examples": ["*"]},
}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "The same key with the same request gives the first answer again, for 24 hours.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[A-Za-z0-9._-]+$"},
}
_REPEATABLE = {"idempotency-replayed": {"schema": {"type": "string", "enum": ["true"]}}}


def profile_paths(refusals: Refusals) -> dict[str, Any]:
    """Return the path items by path; `refusals` describes the given statuses."""
    return {
        "/v1/profile": {
            "get": _reading("profile", "What you told the app.", "Shown", refusals(401, 410, 422, 429, 503)),
            "put": _writing(
                "putProfile",
                "Take its place, if nobody changed it since you read it.",
                "Profile",
                {"200": _json("As it is now.", "Shown", _TAGGED | _REPEATABLE)},
                refusals(400, 401, 403, 408, 409, 410, 412, 413, 415, 422, 428, 429, 503),
                _IF_MATCH,
                _KEY,
            ),
        },
        "/v1/profile/consents": {
            "get": _reading("consents", "What you agreed to.", "Standing", refusals(401, 422, 429, 503))
        },
        "/v1/profile/consents/{purpose}": {
            "put": _writing(
                "decide",
                "Agree to a purpose on the text that you were shown, or withdraw.",
                "Decision",
                {"200": _json("As it is now.", "Consent", _REPEATABLE)},
                refusals(400, 401, 403, 404, 408, 409, 410, 413, 415, 422, 429, 503),
                _PURPOSE,
                _KEY,
            )
        },
        "/v1/profile/export": {
            "post": {
                "operationId": "exportUser",
                "summary": "Everything about you from every module, within 10 minutes of signing in.",
                "responses": {
                    "200": {
                        "description": "A ZIP archive with a manifest.",
                        "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
                    },
                    **refusals(401, 403, 429, 503),
                },
            }
        },
        "/v1/profile/erase": {
            "post": _writing(
                "eraseUser",
                "Erase yourself, or as an admin somebody else, within 10 minutes of signing in.",
                "Asked",
                {"202": _json("Every module was asked.", "Erasure")},
                refusals(400, 401, 403, 404, 409, 413, 415, 422, 429, 503),
            )
        },
        "/v1/profile/erasures": {
            "get": _reading(
                "erasures", "Erasures under way and done.", "ErasureList", refusals(401, 403, 422, 429, 503)
            )
        },
    }


def _reading(name: str, summary: str, record: str, refused: dict[str, Any]) -> dict[str, Any]:
    answers = {"200": _json("As it is now.", record, _TAGGED), "304": {"description": "The client has it."}}
    return {"operationId": name, "summary": summary, "responses": {**answers, **refused}}


def _writing(
    name: str, summary: str, body: str, answers: dict[str, Any], refused: dict[str, Any], *given: Any
) -> dict[str, Any]:
    return {
        "operationId": name,
        "summary": summary,
        "parameters": list(given),
        "requestBody": {"required": True, "content": {"application/json": {"schema": {"$ref": REF + body}}}},
        "responses": {**answers, **refused},
    }


def _json(description: str, record: str, headers: dict[str, Any] | None = None) -> dict[str, Any]:
    described = {"headers": headers} if headers else {}
    return {
        "description": description,
        **described,
        "content": {"application/json": {"schema": {"$ref": REF + record}}},
    }
