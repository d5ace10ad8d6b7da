"""Writes export folders: everything a judge needs and nothing that says who wrote what."""

import csv
import hashlib
import os
import secrets
import shlex
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from core.benchmark.render import context, own_fields, situation
from core.benchmark.spec import Spec
from core.judging.blinding import shuffled
from core.judging.rubric import Rubric
from core.sanitize import inert, visible
from resources.home import Home
from resources.judging.items import Items
from resources.lake.files import pretty, sha256_file, sync_folder


class _ItemsManifest(msgspec.Struct):
    sha256: dict[str, str]


@dataclass(frozen=True)
class ExportResult:
    """A judge's open folder, or the last one if nothing is pending; None if there never was one."""

    folder: Path | None
    made: bool
    pending: int


def last_export(home: Home, name: str, judge: str) -> Path | None:
    """Return the judge's folder with the highest number, or None."""
    folders = [path for path in home.exports(name, judge).glob("[0-9]*") if path.name.isdecimal() and path.is_dir()]
    return max(folders, key=lambda path: int(path.name), default=None)


def next_export(home: Home, spec: Spec, judge: str, pending: pa.Table) -> ExportResult:
    """Write a folder of `pending` (columns candidate_id, scenario, text), unless the last one holds just these.

    Return the folder that is open then. The caller holds the writer lock.
    """
    last = last_export(home, spec.experiment, judge)
    if pending.num_rows == 0:
        return ExportResult(last, made=False, pending=0)
    items = Items(home, spec.experiment)
    candidates = pending["candidate_id"].to_pylist()
    by_item = dict(zip(items.ids(judge, candidates), range(len(candidates)), strict=True))
    if last is not None and _items_of(last) == by_item.keys():
        return ExportResult(last, made=False, pending=len(by_item))
    number = int(last.name) + 1 if last else 1
    order = shuffled(by_item, spec.seed, spec.experiment, judge, number)
    items.add(judge, candidates, number)
    folder = home.exports(spec.experiment, judge) / f"{number:03d}"
    _write(folder, spec, judge, [(item, by_item[item]) for item in order], pending)
    return ExportResult(folder, made=True, pending=len(order))


def unanswered(candidates: pa.Table, scores: pa.Table, judge: str) -> pa.Table:
    """Return candidates with text that `judge` has neither scored nor called unscorable."""
    own = scores.filter(pc.equal(scores["judge"].cast(pa.string()), judge))["candidate_id"].combine_chunks()
    open_ = pc.and_(
        pc.equal(candidates["outcome"].cast(pa.string()), "text"),
        pc.invert(pc.is_in(candidates["candidate_id"], value_set=own)),
    )
    return candidates.filter(open_)


def _items_of(folder: Path) -> set[str] | None:
    """Return the items of a folder as they were written, or None if the file was changed or removed."""
    try:
        wanted = msgspec.json.decode((folder / "manifest.json").read_bytes(), type=_ItemsManifest).sha256["items.jsonl"]
        data = (folder / "items.jsonl").read_bytes()
    except (FileNotFoundError, msgspec.DecodeError, UnicodeDecodeError, KeyError):
        return None
    if hashlib.sha256(data).hexdigest() != wanted:
        return None
    return {msgspec.json.decode(line)["item"] for line in data.splitlines()}


def _write(folder: Path, spec: Spec, judge: str, order: Sequence[tuple[str, int]], pending: pa.Table) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    new = folder.parent / f".{folder.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp"
    new.mkdir()
    try:
        texts, scenarios = pending["text"], pending["scenario"]
        with (
            (new / "items.jsonl").open("wb") as lines,
            (new / "items.csv").open("w", encoding="utf-8", newline="") as sheet,
        ):
            rows = csv.writer(sheet)
            rows.writerow(["item", "rubric", *spec.rubric.names, "comment", "unscorable", "situation", "tip"])
            for item, place in order:
                scenario = spec.scenarios[scenarios[place].as_py()]
                tip = visible(texts[place].as_py())
                lines.write(
                    msgspec.json.encode({"item": item, "scenario": _cleaned(scenario.data), "tip": tip}) + b"\n"
                )
                known = "\n".join(filter(None, (context(scenario.data), own_fields(scenario.data))))
                shown = visible(f"{situation(scenario)} {known}".replace("\n", " | "))
                empty = [""] * (len(spec.rubric.names) + 2)
                rows.writerow([item, spec.rubric.ref, *empty, inert(shown), inert(tip)])
        (new / "rubric.json").write_bytes(pretty(spec.rubric))
        (new / "scores.schema.json").write_bytes(pretty(schema(spec.rubric)))
        text = instructions(spec.experiment, spec.rubric, len(order), order[0][0], folder)
        (new / "INSTRUCTIONS.md").write_text(text, "utf-8")
        hashes = {path.name: sha256_file(path) for path in sorted(new.iterdir())}
        manifest = {
            "experiment": spec.experiment,
            "judge": judge,
            "export": int(folder.name),
            "rubric": spec.rubric.ref,
            "items": len(order),
            "sha256": hashes,
        }
        (new / "manifest.json").write_bytes(pretty(manifest))
        new.rename(folder)
        sync_folder(folder.parent)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, dict):
        return {key: _cleaned(entry) for key, entry in value.items()}
    return [_cleaned(entry) for entry in value] if isinstance(value, list) else value


def schema(rubric: Rubric) -> dict[str, Any]:
    """Return the JSON Schema of one answer line."""
    value = {"type": "number", "minimum": rubric.scale.low, "maximum": rubric.scale.high}
    scores = {
        "type": "object",
        "properties": dict.fromkeys(rubric.names, value),
        "required": list(rubric.names),
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


def instructions(experiment: str, rubric: Rubric, count: int, first: str, folder: Path) -> str:
    """Return INSTRUCTIONS.md: all that a person or an agent needs to judge, without any other document."""
    criteria = []
    for criterion in rubric.criteria:
        anchors = "".join(f"\n  - {level}: {text}" for level, text in criterion.anchors.items())
        criteria.append(f"- **{criterion.name}** (weight {criterion.weight:g}): {criterion.description}{anchors}")
    example = {"item": first, "rubric": rubric.ref, "scores": dict.fromkeys(rubric.names, rubric.scale.high)}
    unscorable = {"item": first, "rubric": rubric.ref, "unscorable": "the tip is in a language that I cannot read"}
    template = files("resources.judging").joinpath("INSTRUCTIONS.md").read_text("utf-8")
    values = {
        "COUNT": str(count),
        "RUBRIC": rubric.ref,
        "LOW": f"{rubric.scale.low:g}",
        "HIGH": f"{rubric.scale.high:g}",
        "CRITERIA": "\n".join(criteria),
        "EXAMPLE": msgspec.json.encode(example).decode(),
        "UNSCORABLE": msgspec.json.encode(unscorable).decode(),
        "IMPORT": f"tipbench import {experiment} {shlex.quote(str(folder / 'scores.jsonl'))}",
    }
    for name, value in values.items():
        template = template.replace(f"@{name}@", value)
    return template
