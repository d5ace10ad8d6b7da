import logging

from services.gateway.redacted import WithoutTokens, redacted


def test_the_access_log_shows_no_token() -> None:
    """As uvicorn writes its lines: the path is an argument of the record."""
    arguments = ("127.0.0.1:9", "PUT", "/uploads/s3cret?x=1", "1.1", 200)
    record = logging.LogRecord("uvicorn.access", logging.INFO, "", 0, '%s - "%s %s HTTP/%s" %d', arguments, None)
    assert WithoutTokens().filter(record)
    assert record.getMessage() == '127.0.0.1:9 - "PUT /uploads/…?x=1 HTTP/1.1" 200'


def test_other_records_pass_as_they_are() -> None:
    """Also those without arguments, or with a mapping of them."""
    record = logging.LogRecord("x", logging.INFO, "", 0, "at /uploads/s3cret now", None, None)
    assert WithoutTokens().filter(record)
    assert record.getMessage() == "at /uploads/… now"
    named = logging.LogRecord("x", logging.INFO, "", 0, "%(a)d", ({"a": 1},), None)
    assert WithoutTokens().filter(named)
    assert named.getMessage() == "1"
    assert redacted("/other/s3cret") == "/other/s3cret"
