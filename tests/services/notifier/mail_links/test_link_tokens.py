"""Tokens of links: sealed, for one purpose, and of nobody else's making."""

import base64

import pytest

from services.notifier.mail_links.link_tokens import LinkPurpose, LinkTokens, MailLink, UnknownLink

NOW = 1_800_000_000.0
LINK = MailLink(LinkPurpose.UNSUBSCRIBE, "user-a", "sleep")
TOKENS = LinkTokens(b"l" * 32)


def test_a_token_says_what_it_was_made_of_for_ever() -> None:
    """Equal each time, of letters that any mail program leaves alone; without a date it never ends."""
    token = TOKENS.token(LINK)
    assert token == LinkTokens(b"l" * 32).token(LINK)
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    assert TOKENS.opened(token, LinkPurpose.UNSUBSCRIBE, NOW * 2) == LINK


def test_nothing_of_a_person_can_be_read_in_a_token() -> None:
    """Neither the user nor the topic is in its bytes, and those of two topics share nothing but the version."""
    raw = base64.urlsafe_b64decode(TOKENS.token(LINK) + "==")
    assert b"user" not in raw
    assert b"sleep" not in raw
    other = base64.urlsafe_b64decode(TOKENS.token(MailLink(LinkPurpose.UNSUBSCRIBE, "user-a", "sleeq")) + "==")
    assert raw[:1] == other[:1]
    assert raw[1:17] != other[1:17]


def test_a_token_counts_for_its_purpose_and_time() -> None:
    """Until the second that it names, and for nothing else."""
    token = TOKENS.token(MailLink(LinkPurpose.SETTINGS, "user-a", until=int(NOW)))
    assert TOKENS.opened(token, LinkPurpose.SETTINGS, NOW).user == "user-a"
    for purpose, now in ((LinkPurpose.SETTINGS, NOW + 1), (LinkPurpose.UNSUBSCRIBE, NOW)):
        with pytest.raises(UnknownLink):
            TOKENS.opened(token, purpose, now)


def test_no_other_text_is_a_token() -> None:
    """Each bit of a token counts; another key, another version, rubbish of every length: all are unknown."""
    token = TOKENS.token(LINK)
    raw = base64.urlsafe_b64decode(token + "==")
    flipped = [raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :] for at in range(len(raw))]
    texts = [base64.urlsafe_b64encode(each).decode().rstrip("=") for each in (*flipped, raw[:-1], raw + b"x", raw[:5])]
    texts += ["", "x", "é" * 30, "=" * 40, token * 9, LinkTokens(b"m" * 32).token(LINK)]
    for text in texts:
        with pytest.raises(UnknownLink):
            TOKENS.opened(text, LinkPurpose.UNSUBSCRIBE, NOW)
