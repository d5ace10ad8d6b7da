"""Export folders: complete, blind, and harmless."""

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec

from core.benchmark.render import situation
from core.benchmark.scenario import Scenario
from resources.judging.exports import next_export, unanswered
from resources.lake.candidates import candidates
from resources.storage.files import sha256_file
from tests.deadline import DEADLINE_S

FILES = {"INSTRUCTIONS.md", "items.jsonl", "items.csv", "rubric.json", "scores.schema.json", "manifest.json"}


def test_the_folder_holds_what_a_judge_needs(bench: Any) -> None:
    """Six files; the manifest's hashes are theirs; the instructions name the command that takes the answers."""
    folder = bench.export()
    assert {path.name for path in folder.iterdir()} == FILES
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["sha256"] == {name: sha256_file(folder / name) for name in FILES - {"manifest.json"}}
    assert manifest["items"] == 16
    text = (folder / "INSTRUCTIONS.md").read_text()
    assert f"tipbench import tip-bench-judged {folder / 'items.csv'}" in text
    assert "@" not in re.sub(r"tips@1", "", text)
    for criterion in ("clear", "kind"):
        assert criterion in text


def test_nothing_says_who_wrote_a_tip(bench: Any) -> None:
    """No model, prompt or candidate id stands in any byte of the folder, and the order is not the grid's."""
    folder = bench.export()
    for path in folder.iterdir():
        data = path.read_text("utf-8")
        for secret in ("secret-model", "secret-prompt", "0000000000000001"):
            assert secret not in data, path.name
    order = [item["tip"] for item in bench.items(folder)]
    assert order != sorted(order)
    assert order[:8] != order[8:]
    assert len({path.stat().st_mode for path in folder.iterdir()}) == 1


def test_ids_and_order_are_each_judges_own_and_repeat(bench: Any) -> None:
    """Two judges share no id and see other orders; the same pending again makes no second folder."""
    one, other = bench.export("anna"), bench.export("bot")
    ids = [[item["item"] for item in bench.items(folder)] for folder in (one, other)]
    assert not set(ids[0]) & set(ids[1])
    tips = [[item["tip"] + item["scenario"]["id"] for item in bench.items(folder)] for folder in (one, other)]
    assert tips[0] != tips[1]
    assert sorted(tips[0]) == sorted(tips[1])
    assert bench.export("anna") == one


def test_tips_are_shown_without_what_cannot_be_seen(bench: Any) -> None:
    """Escapes, direction marks and zero-width characters are gone from both files; line breaks of a tip stay."""
    folder = bench.export()
    for name in ("items.jsonl", "items.csv"):
        text = (folder / name).read_text("utf-8-sig")
        assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\ufeff]", text)
    assert any("\n\n## New instructions" in item["tip"] for item in bench.items(folder))


def test_no_cell_of_the_sheet_starts_a_formula(bench: Any) -> None:
    """Values that a spreadsheet would run begin with an apostrophe."""
    with (bench.export() / "items.csv").open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.reader(file))
    answer = ["item", "rubric", "clear", "kind", "comment", "unscorable"]
    assert rows[0] == ["situation", "context", "tip", *answer]
    assert len(rows) == 17
    assert not [value for row in rows[1:] for value in row if value.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert any(row[2].startswith("'=HYPERLINK") for row in rows)


def test_a_field_of_ones_own_is_in_both_files(bench: Any) -> None:
    """Who judges in a spreadsheet reads the budget that a prompt may have named, as who reads JSON does."""
    own = [
        msgspec.structs.replace(entry, data={**entry.data, "budget": "20 EUR", "stops": [3, 4], "none": []})
        for entry in bench.spec.scenarios
    ]
    bench.spec = msgspec.structs.replace(bench.spec, scenarios=tuple(own))
    folder = bench.export()
    assert all(item["scenario"]["budget"] == "20 EUR" for item in bench.items(folder))
    with (folder / "items.csv").open(newline="", encoding="utf-8-sig") as file:
        shown = [row["context"] for row in csv.DictReader(file)]
    assert len(shown) == 16
    assert all(cell.endswith("budget: 20 EUR | stops: 3; 4") for cell in shown)


def test_the_next_export_holds_what_is_left(bench: Any, lines: Any) -> None:
    """After some are answered, a new folder has the others; with none pending the last folder is named."""
    folder = bench.export()
    answers = bench.answers(folder)
    bench.drop("a.jsonl", lines(answers[:10]))
    bench.ingest()
    second = bench.export()
    assert second.name == "002"
    assert {item["item"] for item in bench.items(second)} == {answer["item"] for answer in answers[10:]}
    bench.drop("b.jsonl", lines(answers[10:]))
    bench.ingest()
    tips = candidates(bench.home, bench.spec.experiment).table()
    left = unanswered(tips, bench.scores().current(), ["anna"])["anna"]
    result = next_export(bench.home, bench.spec, "anna", left)
    assert (result.folder, result.made, result.pending) == (second, False, 0)


def test_a_filled_sheet_comes_back_as_it_went_out(bench: Any) -> None:
    """The sheet with numbers in its empty columns is imported whole, each row for its own item."""
    folder = bench.export()
    with (folder / "items.csv").open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    text = io.StringIO(newline="")
    sheet = csv.DictWriter(text, list(rows[0]), delimiter=";")
    sheet.writeheader()
    sheet.writerows({**row, "clear": 1 + place % 5, "kind": "3,5"} for place, row in enumerate(rows))
    bench.drop("filled.csv", "\ufeff" + text.getvalue())
    assert bench.ingest().accepted == ["filled.csv"]
    found = {row["item"]: (row["score.clear"], row["score.kind"]) for row in bench.scores().current().to_pylist()}
    assert found == {row["item"]: (1 + place % 5, 3.5) for place, row in enumerate(rows)}


def test_a_left_over_temporary_folder_is_no_export(bench: Any) -> None:
    """What a killed export left has another name and is not taken for a folder."""
    folder = bench.export()
    (folder.parent / ".002.99-dead.tmp").mkdir()
    assert bench.export() == folder


def test_what_people_leave_beside_their_folder_changes_nothing(bench: Any) -> None:
    """A copy under another name is no export, and a folder whose items were removed or cut is written anew."""
    first = bench.export()
    shutil.copytree(first, first.with_name("001-done"))
    assert bench.export() == first
    (first / "items.jsonl").write_bytes((first / "items.jsonl").read_bytes()[:-40])
    second = bench.export()
    assert second.name == "002"
    (second / "items.jsonl").unlink()
    assert bench.export().name == "003"


def test_the_sheet_is_utf_8_whatever_the_locale(bench: Any, tmp_path: Path) -> None:
    """A process with an ASCII locale writes the same bytes."""
    text = situation(bench.spec.scenarios[0])
    changed = Scenario("s0", "work", "en", {"situation": f"{text} – café"})
    spec = msgspec.structs.replace(bench.spec, scenarios=(changed, *bench.spec.scenarios[1:]))
    (tmp_path / "spec.json").write_bytes(msgspec.json.encode(spec))
    code = (
        "import sys, msgspec; from pathlib import Path; from core.benchmark.spec import Spec;"
        "from resources.home import Home;"
        "from resources.judging.exports import next_export; from resources.lake.candidates import candidates;"
        "home = Home(Path(sys.argv[1])); spec = msgspec.json.decode(Path(sys.argv[2]).read_bytes(), type=Spec);"
        "print(next_export(home, spec, 'anna', candidates(home, spec.experiment).table()).folder)"
    )
    arguments = [sys.executable, "-c", code, str(bench.home.root), str(tmp_path / "spec.json")]
    ascii_ = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run(arguments, env=ascii_, check=True, capture_output=True, text=True, timeout=DEADLINE_S)
    assert "– café" in (Path(done.stdout.strip()) / "items.csv").read_text("utf-8")
