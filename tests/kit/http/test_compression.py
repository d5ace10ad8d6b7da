"""Compressed answers."""

import asyncio
import gzip

import pytest

from kit.http.compression import LARGE, SMALLEST, accepted_codings, gzipped


@pytest.mark.parametrize("size", [SMALLEST, LARGE - 1, LARGE, LARGE * 8])
def test_an_answer_is_smaller_and_says_the_same(size: int) -> None:
    """At every size from which it is done."""
    body = (b'{"cell": 17, "score": 3.25}' * (size // 20))[:size]
    packed = asyncio.run(gzipped(body, "br, gzip"))
    assert packed is not None
    assert len(packed) < size / 2
    assert gzip.decompress(packed) == body


@pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0", "gzip; q=0.0, br", "identity", "*"])
def test_a_client_that_does_not_name_it_gets_it_plain(accepted: str) -> None:
    """Also one that says anything will do."""
    assert asyncio.run(gzipped(b"x" * SMALLEST, accepted)) is None


def test_a_small_answer_stays_plain() -> None:
    """It fits into one packet."""
    assert asyncio.run(gzipped(b"x" * (SMALLEST - 1), "gzip")) is None


def test_the_same_answer_has_many_lengths() -> None:
    """So that who guesses at a part of it learns little from one length."""

    async def lengths() -> set[int]:
        return {len(await gzipped(b"x" * SMALLEST, "gzip") or b"") for _ in range(400)}

    found = asyncio.run(lengths())
    assert len(found) > 50
    assert max(found) - min(found) <= 100


def test_codings_are_read_in_any_case_without_those_of_no_weight() -> None:
    """As browsers and programs write them."""
    assert accepted_codings("GZIP;q=0.5, br;q=0, deflate") == {"gzip", "deflate"}
