"""Experiments that were made elsewhere: tips of which some are odd, and cells that are clearly better and worse."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tests.story.peers.project import Project

ELSEWHERE = "tip-bench-elsewhere"
COMPARED = "tip-bench-compared"
HOSTILE = (
    """<img src=x onerror="document.title='ran'"><script>document.title='ran'</script> """
    "[x](javascript:1) \u202e {{7*7}}"
)
SLEEPS_BADLY = "أنام نومًا سيئًا قبل الامتحان"
ARABIC: dict[str, object] = {
    "situation": SLEEPS_BADLY,
    "weather": {"condition": "rain", "temperature_c": 7, "wind_kmh": 20},
    "calendar": [{"title": "امتحان", "start": "2026-03-02T09:00", "end": "2026-03-02T11:30"}],
    "must_not": ["قهوة", "screens in bed"],
    "goals": [],
}
CRITERIA = ("specific", "actionable", "fitting", "respectful", "clear")


def adopt(project: Project, name: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Let a project have an experiment of these rows."""
    file = project.folder / f"{name}.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    project("adopt", name, str(file))


def elsewhere_rows() -> Iterator[dict[str, object]]:
    """Three cells, eight scenarios, two judges: one tip is hostile, one runs right to left, one failed."""
    models = ("plain", "a" * 60, "third")
    for place in range(24):
        cell, number = divmod(place, 8)
        text: str | None = f"Walk for {place} minutes after lunch."
        if place in {0, 9, 18}:
            text = {0: HOSTILE, 9: "خذ استراحة قصيرة بعد الغداء.", 18: None}[place]
        gap = 2 if place == 5 else 0
        judged = {
            "anna": dict.fromkeys(CRITERIA, 1 + place % 3),
            "bert": dict.fromkeys(CRITERIA, 1 + place % 3 + gap),
        }
        row: dict[str, object] = {
            "model": models[cell],
            "prompt": "coach",
            "scenario_id": f"s{number}",
            "scenario": {"situation": f"I sleep badly, week {number}", "note": HOSTILE} if number != 7 else ARABIC,
            "tip_index": 0,
            "text": text,
            "cost": 0.001,
        }
        yield row if text is None else {**row, "scores": judged}


def compared_rows() -> Iterator[dict[str, object]]:
    """Two cells that are clearly better and worse, and one of three scenarios only, which has a mark."""
    for model, scenarios, least, width in (("good", 12, 3, 3), ("bad", 12, 1, 2), ("few", 3, 2, 2)):
        for number in range(scenarios):
            yield {
                "model": model,
                "prompt": "coach",
                "scenario_id": f"s{number}",
                "scenario": {"situation": f"I sleep badly, week {number}"},
                "tip_index": 0,
                "text": f"Walk for {number} minutes after lunch.",
                "scores": {"anna": dict.fromkeys(CRITERIA, least + number % width)},
            }
