"""Header fields: repeated ones are joined or refused."""

import pytest

from kit.http.headers import SINGLE, Malformed, Scope, header_of, headers_of, media_type_of


def _scope(*fields: tuple[str, str]) -> Scope:
    return {"headers": [(name.encode(), value.encode("latin-1")) for name, value in fields]}


def test_fields_are_found_by_lower_case_name() -> None:
    """Whatever case they came in; none is none."""
    scope = _scope(("Accept", "a"), ("X-Ü", "ü"))
    assert headers_of(_scope(("Accept", "a"))) == {"accept": "a"}
    assert (header_of(scope, "accept"), header_of(scope, "origin")) == ("a", None)


def test_a_list_that_comes_in_parts_is_one_list() -> None:
    """As RFC 9110 says, also where it is a mistake: the whole equals none of its parts."""
    assert headers_of(_scope(("accept", "a"), ("ACCEPT", "b, c")))["accept"] == "a, b, c"


@pytest.mark.parametrize("name", sorted(SINGLE))
def test_what_must_be_single_is_refused_when_it_is_repeated(name: str) -> None:
    """By name; the same value twice too, since the parts behind us might each take another one."""
    with pytest.raises(Malformed, match=f"send {name} once") as refused:
        headers_of(_scope((name, "a"), (name.title(), "a")))
    assert (refused.value.code, refused.value.path) == ("BAD_REQUEST", (name,))


def test_asked_for_alone_every_field_must_be_single() -> None:
    """Whoever asks for one value is not given the first of two."""
    with pytest.raises(Malformed):
        header_of(_scope(("webhook-id", "a"), ("Webhook-Id", "b")), "webhook-id")


@pytest.mark.parametrize("given", ["application/json", "Application/JSON ; charset=utf-8", " application/json;"])
def test_a_media_type_has_no_parameters(given: str) -> None:
    """Nor case, nor blanks; without one it is empty."""
    assert media_type_of({"content-type": given}) == "application/json"
    assert media_type_of({}) == ""
