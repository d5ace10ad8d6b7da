"""Writes the files of an export folder: everything a judge needs and nothing that says who wrote what."""

import csv
import os
import secrets
import shlex
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa

from core.benchmark.records import JudgeKind
from core.benchmark.render import situation
from core.benchmark.scenario import Scenario
from core.benchmark.spec import Spec
from core.judging.rubric import Criterion, Rubric, Scale
from core.sanitize import inert, plain_quotes, visible
from kit.regular_files import held_folder
from resources.storage.files import pretty, sha256_file, sync_folder

SHEET, LINES = "items.csv", "scores.jsonl"
BOM = "\ufeff"
"""What makes a spreadsheet read the file as UTF-8."""
INVENTED_ITEM = "example0item0of0none"
"""An item of the length of ids that is none: their alphabet has no 0."""
PATTERN = (0.75, 0.25, 1.0, 0.5, 0.0)
"""Places on the scale of the example's scores, so that nobody copies them as a judgement."""
YES_NO = "But one of yes or no gets 1 for yes or 0 for no."
INTEGER_SPAN = 4
"""From this width of the scale on the example's scores are whole numbers."""


@dataclass(frozen=True)
class Folder:
    """Where the folder goes, and for whom."""

    path: Path
    spec: Spec
    judge: str
    kind: JudgeKind


def write_folder(folder: Folder, order: Sequence[str], tips: pa.Table) -> None:
    """Write the folder in one rename; `tips` (columns scenario, text) are the items of `order`."""
    path = folder.path
    path.parent.mkdir(parents=True, exist_ok=True)
    with held_folder(path.parent) as parent:
        new = parent / f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp"
        new.mkdir()
        try:
            with held_folder(new) as inside:
                _write_files(inside, folder, order, tips)
            new.rename(parent / path.name)
            sync_folder(parent)
        finally:
            shutil.rmtree(new, ignore_errors=True)


def _write_files(new: Path, folder: Folder, order: Sequence[str], tips: pa.Table) -> None:
    spec = folder.spec
    _write_items(new, spec, zip(order, tips["scenario"].to_pylist(), tips["text"].to_pylist(), strict=True))
    _create(new / "rubric.json", pretty(_without_heuristics(spec.rubric)))
    _create(new / "scores.schema.json", pretty(schema(spec.rubric)))
    _create(new / "INSTRUCTIONS.md", instructions(folder, len(order)).encode())
    manifest = {
        "experiment": spec.experiment,
        "judge": folder.judge,
        "export": int(folder.path.name),
        "rubric": spec.rubric.ref,
        "items": len(order),
        "sha256": {file.name: sha256_file(file) for file in sorted(new.iterdir())},
    }
    _create(new / "manifest.json", pretty(manifest))


def _create(path: Path, data: bytes) -> None:
    with path.open("xb") as file:  # through no link that somebody put there
        file.write(data)


def _write_items(folder: Path, spec: Spec, items: Iterable[tuple[str, int, str]]) -> None:
    scenarios = [_shown_scenario(scenario) for scenario in spec.scenarios]
    with (
        (folder / "items.jsonl").open("xb") as lines,
        (folder / SHEET).open("x", encoding="utf-8", newline="") as sheet,
    ):
        sheet.write(BOM)
        rows = csv.writer(sheet)
        answer = ["item", "rubric", *spec.rubric.names, "comment", "unscorable"]
        rows.writerow(["situation", "context", "tip", *answer])
        empty = [""] * (len(spec.rubric.names) + 2)
        for item, place, text in items:
            data, prose, around = scenarios[place]
            tip = shown(text)
            lines.write(msgspec.json.encode({"item": item, "scenario": data, "tip": tip}) + b"\n")
            rows.writerow([prose, around, inert(tip), item, spec.rubric.ref, *empty])


def shown(text: str) -> str:
    """Return text as judges see it: without what is invisible, with plain quotation marks and apostrophes."""
    return plain_quotes(visible(text))


def answer_file(kind: JudgeKind) -> str:
    """Return the name of the file in its folder that a judge of this kind fills or writes."""
    return SHEET if kind == "human" else LINES


def _shown_scenario(scenario: Scenario) -> tuple[Any, str, str]:
    """Return a scenario for JSON, and the same in two cells: the situation and all its other fields."""
    prose = situation(scenario)
    rest = {name: value for name, value in scenario.data.items() if not is_said(name, value, prose)}
    cells = (inert(shown(text).replace("\n", " | ")) for text in (prose, in_words(rest, " | ")))
    return _cleaned(scenario.data), next(cells), next(cells)


def is_said(name: str, value: Any, prose: str) -> bool:
    """Return whether a field is empty, is the situation, or stands in one that is made of all texts."""
    return value in (prose, None, "", [], {}) or f"\n{name}: {value}\n" in f"\n{prose}\n"


def in_words(value: Any, between: str = ", ") -> str:
    """Return a field of a scenario as a cell shows it."""
    if isinstance(value, dict):
        return between.join(f"{name}: {in_words(entry)}" for name, entry in value.items())
    if isinstance(value, list):
        return "; ".join(map(in_words, value))
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, dict):
        return {key: _cleaned(entry) for key, entry in value.items()}
    return [_cleaned(entry) for entry in value] if isinstance(value, list) else value


def _without_heuristics(rubric: Rubric) -> Rubric:
    """Return the rubric without what only the program judge uses."""
    criteria = tuple(msgspec.structs.replace(criterion, heuristic=None) for criterion in rubric.criteria)
    return msgspec.structs.replace(rubric, criteria=criteria)


def schema(rubric: Rubric) -> dict[str, Any]:
    """Return the JSON Schema of one answer line."""
    scores = {
        "type": "object",
        "properties": {name: _values(rubric, name) for name in rubric.names},
        "required": [name for name in rubric.names if name not in rubric.conditional],
        "additionalProperties": False,
    }
    base = {"item": {"type": "string"}, "rubric": {"const": rubric.ref}, "comment": {"type": "string"}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {**base, "scores": scores, "unscorable": {"type": "string", "minLength": 1}},
        "required": ["item", "rubric"],
        "oneOf": [{"required": ["scores"]}, {"required": ["unscorable"]}],
        "additionalProperties": False,
    }


def _values(rubric: Rubric, name: str) -> dict[str, Any]:
    if name in rubric.yes_no:
        return {"enum": [0, 1, None] if name in rubric.conditional else [0, 1]}
    return {"type": "number", "minimum": rubric.scale.low, "maximum": rubric.scale.high}


def instructions(folder: Folder, count: int) -> str:
    """Return INSTRUCTIONS.md: all that a person or an agent needs to judge, without any other document."""
    rubric, file = folder.spec.rubric, answer_file(folder.kind)
    criteria = []
    for criterion in rubric.criteria:
        anchors = "".join(f"\n  - {level}: {text}" for level, text in criterion.anchors.items())
        criteria.append(f"- **{criterion.name}** ({_counted_as(criterion)}): {criterion.description}{anchors}")
    example = {"item": INVENTED_ITEM, "rubric": rubric.ref}
    reason = "the tip is in a language that I cannot read"
    values = {
        "COUNT": str(count),
        "RUBRIC": rubric.ref,
        "LOW": f"{rubric.scale.low:g}",
        "HIGH": f"{rubric.scale.high:g}",
        "YES_NO": f" {YES_NO}" if rubric.yes_no else "",
        "CRITERIA": "\n".join(criteria),
        "EXAMPLE": msgspec.json.encode({**example, "scores": example_scores(rubric)}).decode(),
        "UNSCORABLE": msgspec.json.encode({**example, "unscorable": reason}).decode(),
        "FILE": file,
        "IMPORT": f"tipbench import {folder.spec.experiment} {shlex.quote(str(folder.path / file))}",
    }
    template = files("resources.judging").joinpath("INSTRUCTIONS.md").read_text("utf-8")
    for name, value in values.items():
        template = template.replace(f"@{name}@", value)
    return template


def example_scores(rubric: Rubric) -> dict[str, float]:
    """Return varied scores for the criteria, within the scale."""
    shares = {name: PATTERN[place % len(PATTERN)] for place, name in enumerate(rubric.names)}
    return {
        name: round(share) if name in rubric.yes_no else _on_scale(share, rubric.scale)
        for name, share in shares.items()
    }


def _counted_as(criterion: Criterion) -> str:
    """Return what a judge is told of a criterion: how it counts, and whether it is answered with yes or no."""
    weight = "a condition apart from the score" if criterion.gate else f"weight {criterion.weight:g}"
    if criterion.needs is not None:
        weight += f"; asked where the scenario has `{criterion.needs}`, elsewhere leave it out"
    return f"yes or no, {weight}" if criterion.scale else weight


def _on_scale(share: float, scale: Scale) -> float:
    value = scale.low + share * (scale.high - scale.low)
    return round(value) if scale.high - scale.low >= INTEGER_SPAN else value
