"""The documents against the code: what they list is what there is."""

import re
import shlex
from collections import defaultdict
from pathlib import Path
from typing import Any, get_args

import click
import pytest
import yaml  # type: ignore[import-untyped]  # comes with Dagster, without type hints
from graphql import build_schema

from core.benchmark.outcome import Kind
from core.benchmark.records import KINDS
from core.scoring.leaderboard import MARKS
from core.scoring.leaderboard_row import LeaderboardRow
from kit.refusals import REFUSALS
from scripts.draw_diagram import draw
from tests.structure.sources import sources, tracked
from wiring import exit_codes
from wiring.cli import COMMANDS, tipbench
from wiring.cli.option_table import option_table

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
CODE = r'(?:\bcode ?= ?|"code": |\b(?:coded|failed)\()"([A-Z]+(?:_[A-Z]+)*)"'
"""Where a code stands in the source of an endpoint: as a class's, in an answer."""
TERMS = {
    *("round", "caller", "role", "session", "bearer token", "one-time link", "snapshot", "refusal", "edge", "endpoint"),
    *("retention policy", "write queue", "dead letter", "idempotency store", "telemetry", "rpc", "benchmark context"),
    *("container", "consumer", "outbox", "inbox"),
}
SECTIONS = ["Context", "Decision", "Alternatives", "Consequences"]


def _section(path: Path, title: str) -> str:
    """The text under a heading, up to the next one of its level."""
    text = path.read_text("utf-8")
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found is not None, f"{path.name} has no section {title}"
    return found[1]


def _rows(text: str) -> list[list[str]]:
    """Table rows as cells, without heads and rules."""
    rows = [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in text.splitlines() if line[:1] == "|"
    ]
    heads = {number - 1 for number, row in enumerate(rows) if set(row[0]) <= {"-"}}
    return [row for number, row in enumerate(rows) if number not in heads and not set(row[0]) <= {"-"}]


def _names(text: str) -> list[str]:
    """Words in code marks in the first column."""
    return [name for row in _rows(text) for name in re.findall(r"`([^`]+)`", row[0])]


def test_the_options_table_is_that_of_the_record() -> None:
    """`python -m wiring.cli.option_table` prints what the README has, word for word."""
    assert option_table() in (ROOT / "README.md").read_text("utf-8")


def test_the_exit_codes_are_the_table_of_the_code() -> None:
    """The README and the runbook know each code, and no other."""
    known = {value for name, value in vars(exit_codes).items() if name.isupper() and isinstance(value, int)}
    assert {int(row[0]) for row in _rows(_section(ROOT / "README.md", "Exit codes"))} == known
    in_runbook = {row[1] for row in _rows(_section(DOCS / "runbook.md", "What to do on each message"))} - {"–"}
    assert {int(code) for code in in_runbook} <= known


def test_every_field_and_mark_of_a_row_is_explained() -> None:
    """docs/statistics.md has each field of the leaderboard and each mark."""
    statistics = DOCS / "statistics.md"
    assert sorted(_names(_section(statistics, "Every field of a row"))) == sorted(LeaderboardRow.__struct_fields__)
    assert sorted(_names(_section(statistics, "Marks"))) == sorted(MARKS)


def test_the_command_page_holds_every_command() -> None:
    """docs/cli.md lists the commands in the order of the help."""
    table = _section(DOCS / "cli.md", "Formats")
    commands = (DOCS / "cli.md").read_text("utf-8").partition("## Formats")[0]
    assert [name.split()[0] for name in _names(commands)] == list(COMMANDS)
    assert set(_names(table)) <= set(COMMANDS)


def test_the_glossary_is_in_order_and_knows_the_kinds() -> None:
    """Terms stand in alphabetical order, each once; kinds of judges, marks, outcomes and the API's words are there."""
    text = (DOCS / "glossary.md").read_text("utf-8")
    terms = [row[0] for row in _rows(text)]
    assert terms == sorted(set(terms))
    assert set(terms) >= TERMS
    for word in (*KINDS, *MARKS, *get_args(Kind)):
        assert re.search(rf"\b{word}\b", text), word


def test_the_glossary_explains_what_the_code_says() -> None:
    """Each term stands in the code, in one word or several, in a name or in a sentence."""
    code = "\n".join(path.read_text("utf-8") for path in sources()).lower()
    terms = [row[0] for row in _rows((DOCS / "glossary.md").read_text("utf-8"))]
    unused = [term for term in terms if not re.search(re.sub(r"[ -]", "[ _-]?", term.lower()), code)]
    assert unused == []


@pytest.mark.parametrize("path", sorted((DOCS / "decisions").glob("*.md")), ids=lambda path: path.name[:4])
def test_a_decision_has_its_four_sections(path: Path) -> None:
    """Number in name and title agree; context, decision, alternatives and consequences stand in this order."""
    text = path.read_text("utf-8")
    assert text.startswith(f"# {int(path.name[:4])}. ")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == SECTIONS


def test_decisions_are_numbered_without_gaps() -> None:
    """No number is missing or used twice."""
    numbers = [int(path.name[:4]) for path in sorted((DOCS / "decisions").glob("*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))


def test_the_workflow_calls_commands_that_parse() -> None:
    """The workflow to copy is valid YAML, and every command line in it is one that click takes.

    What has no judge yet is not checked strictly; what was judged is, with limits. No automatic judge stands in.
    """
    workflow = yaml.safe_load((ROOT / "ci" / "tipbench-check.yml").read_text("utf-8"))
    called: dict[str, list[list[str]]] = {}
    for job, held in workflow["jobs"].items():
        called[job] = [shlex.split(step["run"])[1:] for step in held["steps"] if "bin/tipbench" in step.get("run", "")]
        for name, *arguments in called[job]:
            command = tipbench.get_command(click.Context(tipbench), name)
            assert command is not None, name
            there = [__file__ if word == "$SCORES" else word for word in arguments]
            command.make_context(name, there)
    assert [line[0] for line in called["collect"]] == ["run", "check"]
    assert [line[0] for line in called["judged"]] == ["import", "check", "report"]
    assert {"--strict", "--min-score"} <= set(called["judged"][1])
    assert "heuristics" not in str(called)


def test_the_readme_says_what_each_folder_is() -> None:
    """Its table has every top-level folder with tracked files, and no other; hidden ones are left out."""
    listed = _names(_section(ROOT / "README.md", "What is where"))
    folders = {path.relative_to(ROOT).parts[0] for path in tracked("*/**")}
    assert {name for name in listed if name.count("/") == 1 and name[-1] == "/"} == {
        f"{folder}/" for folder in folders if folder[0] != "."
    }


def test_the_commit_hook_calls_make_check() -> None:
    """Its configuration names one local hook, which downloads nothing and runs a target that the Makefile has."""
    repos: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"]
    assert [(repo["repo"], [hook["entry"] for hook in repo["hooks"]]) for repo in repos] == [("local", ["make check"])]
    assert re.search(r"^check:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)


def test_the_picture_is_what_its_text_gives() -> None:
    """docs/images/data-flow.svg is drawn from the text beside it: `make diagram` brings it up to date."""
    text = (DOCS / "images" / "data-flow.toml").read_text("utf-8")
    assert (DOCS / "images" / "data-flow.svg").read_text("utf-8") == draw(text)


def test_the_picture_refuses_text_that_does_not_fit() -> None:
    """A name wider than its box, or an arrow to a box that is not there, is an error and no picture."""
    text = (DOCS / "images" / "data-flow.toml").read_text("utf-8")
    with pytest.raises(ValueError, match=r"launches: .* is wider than its box"):
        draw(text.replace('name = "launches"', f'name = "{"launches" * 9}"'))
    with pytest.raises(KeyError, match="nothing"):
        draw(text.replace("> top spec", "> top nothing"))


def test_the_api_page_names_every_root_field() -> None:
    """Nothing can be asked, changed or followed that docs/api.md does not name."""
    page = (DOCS / "api.md").read_text("utf-8")
    schema = build_schema((ROOT / "schema.graphql").read_text("utf-8"))
    roots = [schema.query_type, schema.mutation_type, schema.subscription_type]
    missing = [name for root in roots if root for name in root.fields if not re.search(rf"\b{name}\b", page)]
    assert missing == []


def test_no_two_pages_use_one_experiment() -> None:
    """Whoever follows two pages in one project is not refused for a name that the other page used."""
    pages: dict[str, set[str]] = defaultdict(set)
    for page in (ROOT / "README.md", *DOCS.glob("*.md")):
        for name in re.findall(r"\btip-bench-[a-z0-9][a-z0-9-]*", page.read_text("utf-8")):
            pages[name].add(page.name)
    made_by_a_command = {"tip-bench-demo"}
    assert {name: found for name, found in pages.items() if len(found) > 1 and name not in made_by_a_command} == {}


def test_the_api_page_explains_every_failure_code() -> None:
    """Every code of the table of refusals is there, and an endpoint answers with no other."""
    page = (DOCS / "api.md").read_text("utf-8")
    written: set[str] = set()
    for package in ("api", "contracts", "kit", "services"):
        for path in (ROOT / package).rglob("*.py"):
            written |= set(re.findall(CODE, path.read_text("utf-8"), re.MULTILINE))
    assert {"TOO_COMPLEX", "MISDIRECTED", "BAD_SIGNATURE", "INVALID_CURSOR", "TIMEOUT"} <= written <= set(REFUSALS)
    assert {code for code in REFUSALS if f"`{code}`" not in page} == {"REFUSED"}


def test_the_table_of_services_holds_every_module() -> None:
    """Each folder under services/ has a row and a page of its own."""
    table = (ROOT / "services" / "README.md").read_text("utf-8")
    modules = [path.parent for path in (ROOT / "services").glob("*/__init__.py")]
    assert [path.name for path in modules if path.name not in table or not (path / "README.md").is_file()] == []
