import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifier.channels.mail.bounces import (
    LARGEST,
    LONGEST_FIELD,
    MOST_BOUNDARIES,
    MOST_PARTS,
    Bounce,
    read_bounces,
    read_report,
)

REPORT = """From: MAILER-DAEMON@relay.example
To: tips@tips.example
Subject: Undelivered Mail
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Sorry.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example

{groups}
--b
Content-Type: message/rfc822

Subject: Schlaf

x
--b--
"""


def _report(*groups: str) -> bytes:
    return REPORT.format(groups="\n\n".join(groups)).replace("\n", "\r\n").encode()


def _bounces(mail: bytes) -> tuple[Bounce, ...]:
    report = read_report(mail)
    return () if report is None else read_bounces(report)


def _group(address: str, action: str = "failed", status: str = "5.1.1", kind: str = "rfc822") -> str:
    return f"Final-Recipient: {kind}; {address}\nAction: {action}\nStatus: {status}"


def test_a_report_names_who_failed() -> None:
    """For good by 5.x, for now by 4.x; delays and deliveries are no bounces."""
    groups = [
        _group("a@home.example"), _group("<b@Home.example>", status="4.4.1"),
        _group("c@home.example", "delayed", "4.0.0"),
        _group("d@home.example", "delivered", "2.0.0"), _group("e@home.example", kind="x400"), _group("no address"),
        "Original-Recipient: rfc822; f@home.example\n" + _group("g@elsewhere.example"),
    ]  # fmt: skip
    assert _bounces(_report(*groups)) == (
        Bounce("a@home.example", for_good=True),
        Bounce("b@home.example", for_good=False),
        Bounce("f@home.example", for_good=True),
    )


def test_any_other_mail_bounces_nothing() -> None:
    """A person's mail, one that quotes a report, one that is too large."""
    quoted = b"Subject: x\r\n\r\n" + _report(_group("a@home.example"))
    assert _bounces(quoted) == ()
    assert _bounces(_report(_group("a@home.example")) + b"x" * LARGEST) == ()
    assert len(_bounces(_report(*[_group(f"a{number}@home.example") for number in range(300)]))) == 99


def _within(parts: int) -> bytes:
    """A report with parts within parts, each with a type of its own."""
    heads = (f"--{part}\nContent-Type: multipart/mixed; boundary={part + 1}\n\n" for part in range(parts))
    return ("Content-Type: multipart/report; boundary=0\n\n" + "".join(heads)).encode()


@pytest.mark.parametrize(
    "mail",
    [
        _within(3_000),
        _within(3_000).replace(b"\n", b"\r"),
        _within(1) + b"--0\nContent-Type: message/rfc822\n\n" * (MOST_PARTS + 1),
        _within(1) + b"--0\n\n" * (MOST_BOUNDARIES + 1),
        b"Content-Type: multipart/report;" + b" a=b;\r\n" * LONGEST_FIELD + b"\r\n\r\n",
    ],
)
def test_a_mail_that_would_take_the_parser_long_is_no_report(mail: bytes) -> None:
    """Anybody can send one: parts within parts, thousands of parts, a type without end."""
    assert read_report(mail) is None


@given(st.binary(max_size=500), st.integers(0, 900))
def test_no_mail_breaks_the_reader(noise: bytes, at: int) -> None:
    """Whatever stands in it, wherever."""
    report = _report(_group("a@home.example"))
    for data in (noise, report[:at] + noise + report[at:], report[:at]):
        assert all(bounce.address.count("@") == 1 for bounce in _bounces(data))


@pytest.mark.parametrize("status", ["", "5", "x", "55.1"])
def test_a_status_that_is_none_is_not_for_good(status: str) -> None:
    """An address is suppressed for what a report says, and for nothing else."""
    assert _bounces(_report(_group("a@home.example", status=status))) == (Bounce("a@home.example", for_good=False),)
