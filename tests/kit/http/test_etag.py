"""Answers that a client may ask about again."""

import pytest
from starlette.requests import Request

from kit.http.etag import etag_answer


def _ask(*given: str) -> Request:
    return Request({"type": "http", "method": "GET", "headers": [(b"if-none-match", each.encode()) for each in given]})


TAG = etag_answer(_ask(), b"{}").headers["etag"]


def test_the_same_body_has_the_same_tag() -> None:
    """And another body another one; both are the client's alone."""
    answer = etag_answer(_ask(), b"{}")
    assert (answer.status_code, answer.body, answer.headers["etag"]) == (200, b"{}", TAG)
    assert (answer.headers["cache-control"], answer.headers["vary"]) == ("private, no-cache", "Authorization, Cookie")
    assert etag_answer(_ask(), b"[]").headers["etag"] != TAG


@pytest.mark.parametrize("given", [[TAG], [f"W/{TAG}"], ['"other"', TAG], [f'"other", {TAG}'], ["*"], [" * "]])
def test_a_client_that_has_it_is_told_so(given: list[str]) -> None:
    """By one tag or a list, in one field or several, strong or weak."""
    answer = etag_answer(_ask(*given), b"{}")
    assert (answer.status_code, answer.body, answer.headers["etag"]) == (304, b"", TAG)


@pytest.mark.parametrize("given", [[], ['"other"'], [TAG.strip('"')], [TAG[:-2] + '"']])
def test_a_client_that_has_another_gets_it(given: list[str]) -> None:
    """Also one that has forgotten the quotes."""
    assert etag_answer(_ask(*given), b"{}").status_code == 200


def test_a_tag_may_be_given() -> None:
    """A version is cheaper than a hash."""
    answers = [etag_answer(_ask(*given), b"{}", '"7"') for given in ([], ['"7"'], [TAG])]
    assert [(answer.status_code, answer.headers["etag"]) for answer in answers] == [
        (200, '"7"'),
        (304, '"7"'),
        (200, '"7"'),
    ]
