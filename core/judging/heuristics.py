"""The program judge `heuristics`: five measurable features of a tip; automatic, and no word on whether it is good."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from core.judging.rubric import Rubric

_WORD = re.compile(r"[A-Za-zÀ-ÿ']+")
_CONCRETE = re.compile(
    r"\d|\b(?:one|two|three|four|five|ten|fifteen|twenty|half|minutes?|hours?|today|tonight|tomorrow|morning|evening|noon|"
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday|write|put|set|send|call|ask|walk|close|open|move|cook|"
    r"pack|clear|drink|say|take|leave|start|stop|turn|list|timer|note|box|table|phone|door|bed|desk|page|line|bag)\b",
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"\b(?:maybe|perhaps|might|possibly|probably|could|should|try to|sometimes|generally|usually|must|always|never)\b",
    re.IGNORECASE,
)
_COMMON = frozenset(
    """about after again because been before being could does doing each every from have into just like more most much
    only other over same should some such than that their them then there these they this those through under until
    very want were what when where which while will with would your""".split()  # noqa: SIM905  # a list of words reads as text
)


def heuristic_scores(tip: str, scenario: Mapping[str, Any], rubric: Rubric) -> dict[str, float]:
    """Return a value for every criterion but gates on the rubric's scale, in steps of a sixteenth of its span.

    A criterion whose `heuristic` names a feature gets that feature, any other the mean of all five; one of yes or no
    gets yes from a half on.
    """
    features = {name: measure(tip, scenario) for name, measure in FEATURES.items()}
    mean = sum(features.values()) / len(features)
    shares = {c.name: features.get(c.heuristic or "", mean) for c in rubric.averaged}
    yes_no = set(rubric.yes_no)
    return {
        name: float(share >= 1 / 2) if name in yes_no else _on_scale(share, rubric) for name, share in shares.items()
    }


def _on_scale(share: float, rubric: Rubric) -> float:
    span = rubric.scale.high - rubric.scale.low
    return rubric.scale.low + span * round(min(1.0, max(0.0, share)) * 16) / 16


def _length(tip: str, _: Mapping[str, Any]) -> float:
    """Return 1 from 12 to 30 words, falling to 0 at 2 and at 70."""
    words = len(_WORD.findall(tip))
    return float(min(1.0, (words - 2) / 10, (70 - words) / 40))


def _reading_ease(tip: str, _: Mapping[str, Any]) -> float:
    """Return Flesch's 206.835 − 1.015 words/sentences − 84.6 syllables/words, scaled so that 30 to 90 is 0 to 1."""
    words = _WORD.findall(tip)
    if not words:
        return 0.0
    sentences = max(1, len(re.findall(r"[.!?…]+(?:\s|$)", tip)))
    syllables = sum(
        max(1, len(re.findall(r"[aeiouyà-ÿ]+", word.lower())) - word.lower().endswith("e")) for word in words
    )
    flesch = 206.835 - 1.015 * len(words) / sentences - 84.6 * syllables / len(words)
    return float((flesch - 30) / 60)


def _concreteness(tip: str, _: Mapping[str, Any]) -> float:
    """Return the share of four concrete words, times and numbers that the tip has."""
    return len(_CONCRETE.findall(tip)) / 4


def _hedging(tip: str, _: Mapping[str, Any]) -> float:
    """Return 1 without hedges and absolutes, 0 with three."""
    return 1 - len(_HEDGE.findall(tip)) / 3


def _overlap(tip: str, scenario: Mapping[str, Any]) -> float:
    """Return the share of three content words shared with the scenario; 0 for a tip that only repeats it."""
    own, given = _content(tip), _content(" ".join(_strings(scenario)))
    shared = len(own & given)
    return 0.0 if own and shared == len(own) and shared > 6 else shared / 3


def _content(text: str) -> set[str]:
    return {word for word in (w.lower() for w in _WORD.findall(text)) if len(word) > 3 and word not in _COMMON}


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for key, entry in value.items() if key not in {"id", "must_not"} for text in _strings(entry)]
    return [text for entry in value for text in _strings(entry)] if isinstance(value, list) else []


FEATURES: dict[str, Callable[[str, Mapping[str, Any]], float]] = {
    "length": _length,
    "reading_ease": _reading_ease,
    "concreteness": _concreteness,
    "hedging": _hedging,
    "overlap": _overlap,
}
