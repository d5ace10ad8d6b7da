"""One hostile tip in an experiment of its own: markup, bidi, zero width and 10,000 characters."""

from collections.abc import Iterator
from typing import Any

from tests.story.panel.shared.adopted import CRITERIA

PLANTED = "tip-bench-hostile"
MARKUP = """</p></script><script>document.title='ran'</script><img src=x onerror="document.title='ran'">\
<svg onload="document.title='ran'"></svg>[x](javascript:alert(1)) {{7*7}} {% raw %} ${7*7}"""
BIDI = "\u202e\u2067\u202d turned round \u200b\u200d\ufeff"
HOSTILE = f"planted {MARKUP} {BIDI} {'W' * 10_000} ends here"
SHORT = f"<b onclick=1>planted{BIDI[:2]}</b>"


def planted_rows() -> Iterator[dict[str, Any]]:
    """Two cells of three scenarios; the first tip of each is hostile, and so are names and situations."""
    for prompt in (SHORT, "plain"):
        for number in range(3):
            yield {
                "model": SHORT,
                "prompt": prompt,
                "scenario_id": f"s{number}",
                "scenario": {"situation": HOSTILE, "area": SHORT, "note": {"deep": [HOSTILE[:400]]}},
                "tip_index": 0,
                "text": HOSTILE if number == 0 else f"Walk for {number} minutes.",
                "scores": {"bert": dict.fromkeys(CRITERIA, 3 + number % 2)},
            }
