"""The catalog: what ships, what a project adds, and what is said about broken files."""

import shutil
from collections import Counter
from pathlib import Path

import pytest

from core.benchmark.render import render
from core.judging.rubric import HEURISTICS
from resources.catalog import KINDS, Catalog, CatalogError, Layer, UnknownEntry, load_catalog
from resources.catalog.rubrics import read_rubric_file

PACKAGED = Path(__file__).parents[3] / "catalog"


def _load(*folders: Path) -> Catalog:
    return load_catalog([Layer(f"l{n}", folder, frozenset(KINDS)) for n, folder in enumerate(folders)])


def test_the_packaged_catalog_covers_life_and_approaches() -> None:
    """At least 60 scenarios over 8 areas, 5 prompts of which 3 complete text, one rubric of 5 anchored criteria."""
    catalog = _load(PACKAGED)
    areas = Counter(scenario.area for scenario in catalog.scenarios)
    assert len(catalog.scenarios) >= 60
    assert len(areas) >= 8
    assert len({scenario.locale for scenario in catalog.scenarios}) >= 4
    assert len(catalog.prompts) >= 5
    assert sum(prompt.mode == "completion" for prompt in catalog.prompts.values()) >= 3
    rubric = catalog.rubric("tips")
    assert len(rubric.averaged) == 5
    assert (rubric.scale.low, rubric.scale.high) == (1, 5)
    assert all(criterion.anchors and criterion.weight > 0 for criterion in rubric.criteria)
    assert {criterion.heuristic for criterion in rubric.averaged} <= set(HEURISTICS)
    assert {"template", "gemma3-270m"} <= set(catalog.models)


def test_the_default_rubric_judges_no_context_that_is_not_there() -> None:
    """The second version asks for what is known; the one before stays, for experiments that extend older ones."""
    catalog = _load(PACKAGED)
    old, new = catalog.rubric("tips@1"), catalog.rubric("tips@2")
    assert (new.names, new.weights, new.scale) == (old.names, old.weights, old.scale)
    fitting = next(criterion for criterion in new.criteria if criterion.name == "fitting")
    assert "What is not known is not judged." in fitting.description
    assert not any("context" in text for text in fitting.anchors.values())


def test_the_newest_rubric_asks_by_itself_whether_limits_are_observed() -> None:
    """And of no item without them; what is respectful speaks of none, and all else is what it was."""
    catalog = _load(PACKAGED)
    old, new = catalog.rubric("tips@2"), catalog.rubric("tips")
    assert (new.ref, new.conditional, new.averaged_names) == ("tips@3", ("keeps_limits",), old.names)
    assert (new.weights, new.scale, new.description) == (old.weights, old.scale, old.description)
    (changed,) = (own for own, before in zip(new.averaged, old.criteria, strict=True) if own != before)
    assert changed.name == "respectful"
    assert not any(word in f"{changed}" for word in ("limit", "must not"))


def test_every_prompt_renders_every_scenario_for_both_kinds_of_model() -> None:
    """No pair is missing a variable, and what must not be told never stands alone as advice to tell it."""
    catalog = _load(PACKAGED)
    for prompt in catalog.prompts.values():
        for scenario in catalog.scenarios:
            text = render(prompt, scenario, "completion").text
            assert text is not None
            assert scenario.data["situation"] in text


def test_a_prompt_is_added_by_adding_a_file(tmp_path: Path) -> None:
    """A project's file stands beside the packaged ones; a newer version of a packaged one takes its place."""
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "own.md").write_text(PROMPT.replace('"a"', '"own"'))
    (tmp_path / "prompts" / "terse.md").write_text(PROMPT.replace('"a"', '"terse"').replace('"1"', '"10"'))
    catalog = _load(PACKAGED, tmp_path)
    assert catalog.prompt("own").ref == "own@1"
    assert catalog.prompt("terse").ref == "terse@10"
    assert catalog.prompt("terse@1").ref == "terse@1"


def test_an_unknown_name_comes_with_what_is_close() -> None:
    """A misspelt name is answered with what it may have meant."""
    with pytest.raises(UnknownEntry, match="did you mean terse"):
        _load(PACKAGED).prompt("ters")


PROMPT = '+++\nname = "a"\nversion = "1"\ndescription = "x"\nmode = "chat"\n+++\n## user\n{{ situation }}\n'
SCENARIO = (
    '{"id": "a", "area": "work", "locale": "en", "situation": "x", "local_time": "2026-03-05T21:40", '
    '"weekday": "Thursday", "weather": {"summary": "rain", "temperature_c": 4}, "calendar": [], "open_tasks": [], '
    '"recent_reactions": [], "must_not": []}\n'
)
RUBRIC = 'name = "r"\nversion = "1"\n[scale]\nlow = 1\nhigh = 5\n[[criteria]]\nname = "a"\ndescription = "x"\n'
MODELS = (
    '[endpoints.e]\nbase_url = "http://127.0.0.1:1/v1"\n'
    '[[models]]\nname = "m"\nprovider = "openai"\nendpoint = "e"\nmodel = "x"\n'
)

TAPE = '[[models]]\nname = "m"\nprovider = "tape"\ntape = "t.jsonl"\n'
BROKEN: list[tuple[str, bytes, list[str]]] = [
    ("prompts/p.md", b"no front matter", ["prompts/p.md:1:", "+++"]),
    ("prompts/p.md", PROMPT.replace('mode = "chat"', 'mode = "talk"').encode(), ["prompts/p.md:5:", "mode"]),
    ("prompts/p.md", PROMPT.replace('version = "1"\n', "").encode(), ["prompts/p.md", "version"]),
    ("prompts/p.md", PROMPT.replace("situation", "nonsense").encode(), ["prompts/p.md", "nonsense"]),
    ("prompts/p.md", PROMPT.replace('x"', 'x"\nsecret = 1').encode(), ["prompts/p.md", "secret"]),
    ("prompts/p.md", PROMPT.replace("## user", "## assistant").encode(), ["prompts/p.md", "## user"]),
    ("prompts/p.md", b"\xff\xfe", ["prompts/p.md:1:", "UTF-8"]),
    ("prompts/p.md", PROMPT.replace('x"', 'x\x00"').encode(), ["prompts/p.md:4:", "control"]),
    ("scenarios/s.jsonl", (SCENARIO + '{"id": "b"').encode(), ["scenarios/s.jsonl:2:"]),
    ("scenarios/s.jsonl", SCENARIO.replace('"situation": "x", ', "").encode(), ["scenarios/s.jsonl:1:", "situation"]),
    ("scenarios/s.jsonl", SCENARIO.replace("Thursday", "Friday").encode(), ["scenarios/s.jsonl:1:", "weekday"]),
    ("scenarios/s.jsonl", SCENARIO.replace('"en"', '"English"').encode(), ["scenarios/s.jsonl:1:", "locale"]),
    ("scenarios/s.jsonl", (SCENARIO + "\n" + SCENARIO).encode(), ["scenarios/s.jsonl:3:", "a stands in"]),
    (
        "scenarios/s.jsonl",
        SCENARIO.replace('"must_not": []', '"must_not": "x"').encode(),
        ["scenarios/s.jsonl:1:", "must_not"],
    ),
    ("rubrics/r.toml", RUBRIC.replace("low = 1", "low = 9").encode(), ["rubrics/r.toml:4:", "low 9"]),
    ("rubrics/r.toml", RUBRIC.replace('name = "a"', 'name = "item"').encode(), ["rubrics/r.toml:6:", "item"]),
    ("rubrics/r.toml", (RUBRIC + '[criteria.anchors]\n"7" = "x"\n').encode(), ["rubrics/r.toml", "anchor '7'"]),
    ("rubrics/r.toml", (RUBRIC + "weight = -1\n").encode(), ["rubrics/r.toml:9:", "weight"]),
    ("rubrics/r.toml", b"name = [", ["rubrics/r.toml"]),
    ("rubrics/r.toml", (RUBRIC + '[comparison]\nquestion = " "\n').encode(), ["rubrics/r.toml:10:", "[comparison]"]),
    ("rubrics/r.toml", (RUBRIC + "gate = true\n").encode(), ["every criterion is a gate", 'needs scale = "yes_no"']),
    (
        "rubrics/r.toml",
        (RUBRIC + '[[criteria]]\nname = "g"\ndescription = "x"\nscale = "yes_no"\ngate = true\nweight = 2\n').encode(),
        ["rubrics/r.toml:9:", "gate 'g' does not enter the score"],
    ),
    (
        "rubrics/r.toml",
        (RUBRIC + '[[criteria]]\nname = "g"\ndescription = "x"\nneeds = "must_not"\n').encode(),
        ["rubrics/r.toml:9:", "field 'needs' of 'g' is for gates", "add gate = true or take needs out"],
    ),
    (
        "rubrics/r.toml",
        (RUBRIC + '[[criteria]]\nname = "g"\ndescription = "x"\nneeds = "weather"\n').encode(),
        ["rubrics/r.toml", "needs"],
    ),
    (
        "rubrics/r.toml",
        (RUBRIC + 'scale = "yes_no"\n[criteria.anchors]\n"2" = "x"\n').encode(),
        ["rubrics/r.toml:6:", "anchor '2' of 'a' is no yes or no, 1 or 0"],
    ),
    ("rubrics/r.toml", (RUBRIC + 'scale = "stars"\n').encode(), ["rubrics/r.toml", "scale"]),
    ("rubrics/r.toml", (RUBRIC + "[comparison]\n").encode(), ["rubrics/r.toml", "question"]),
    ("rubrics/r.toml", (RUBRIC + '[comparison]\nquestion = "x"\nties = 1\n').encode(), ["rubrics/r.toml", "ties"]),
    ("models.toml", MODELS.replace('endpoint = "e"', 'endpoint = "f"').encode(), ["models.toml:3:", "'f'"]),
    ("models.toml", MODELS.replace("http:", "ftp:").encode(), ["models.toml:1:", "base_url"]),
    ("models.toml", MODELS.replace("//127", "//user:pw@127").encode(), ["models.toml:1:", "key_env"]),
    ("models.toml", (MODELS + "prise_in = 1\n").encode(), ["models.toml:3:", "prise_in"]),
    ("models.toml", (MODELS + "price_in = -1\n").encode(), ["models.toml:3:", "price_in"]),
    ("models.toml", (MODELS + "price_in = nan\n").encode(), ["models.toml:3:", "price_in"]),
    ("models.toml", (MODELS + "parameters_b = inf\n").encode(), ["models.toml:3:", "parameters_b"]),
    ("models.toml", MODELS.replace('v1"', 'v1"\ntimeout_s = nan').encode(), ["models.toml:1:", "timeout_s"]),
    ("rubrics/r.toml", RUBRIC.replace("high = 5", "high = inf").encode(), ["rubrics/r.toml:4:", "inf"]),
    ("rubrics/r.toml", (RUBRIC + "weight = nan\n").encode(), ["rubrics/r.toml:9:", "weight"]),
    ("models.toml", MODELS.replace('v1"', 'v1"\nkey = "sk-1"').encode(), ["models.toml:1:", "key"]),
    ("models.toml", b'[[models]]\nname = "m"\nprovider = "magic"\n', ["models.toml:1:", "magic"]),
    ("models.toml", b"models = 3\n", ["models.toml:1:", "[[models]]"]),
    ("models.toml", b'[endpoints]\ne = "x"\n', ["models.toml", "[endpoints.NAME]"]),
    (
        "models.toml",
        (MODELS + 'price_in = "3"\n').encode(),
        ["models.toml:3:", "'price_in' is not a number but a text"],
    ),
    (
        "rubrics/r.toml",
        RUBRIC.replace('"x"', "3").encode(),
        ["rubrics/r.toml", "description' is not a text but a whole"],
    ),
    ("prompts/p.md", PROMPT.replace('"1"', "1").encode(), ["prompts/p.md:3:", "'version' is not a text but a whole"]),
    ("models.toml", TAPE.replace("t.jsonl", "../t.jsonl").encode(), ["models.toml:1:", "'tape'", "file name"]),
    ("models.toml", TAPE.replace("t.jsonl", "/t.jsonl").encode(), ["models.toml:1:", "'tape'", "file name"]),
]


WHOLE = {"prompts/p.md": PROMPT, "scenarios/s.jsonl": SCENARIO, "rubrics/r.toml": RUBRIC, "models.toml": MODELS}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_marks_and_line_ends_of_any_editor_are_read(tmp_path: Path, end: str) -> None:
    """A byte order mark before any kind of file, and any line ends in it, change no entry."""
    for folder, mark in (("plain", b""), ("marked", b"\xef\xbb\xbf")):
        for file, text in WHOLE.items():
            path = tmp_path / folder / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(mark + text.replace("\n", "\n" if folder == "plain" else end).encode())
    assert _load(tmp_path / "marked") == _load(tmp_path / "plain")
    assert read_rubric_file(tmp_path / "marked/rubrics/r.toml").ref == "r@1"


@pytest.mark.parametrize(("file", "data", "said"), BROKEN, ids=[f"{n}-{entry[0]}" for n, entry in enumerate(BROKEN)])
def test_a_broken_file_is_named_with_line_and_field(tmp_path: Path, file: str, data: bytes, said: list[str]) -> None:
    """One CatalogError says which file, where the line is known which line, and what is wrong there."""
    path = tmp_path / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    with pytest.raises(CatalogError) as caught:
        _load(tmp_path)
    for part in said:
        assert part in str(caught.value)
    for word in ("`", "Expected", "Object", "$."):
        assert word not in str(caught.value)
    assert "sk-1" not in str(caught.value)
    assert "user:pw" not in str(caught.value)


def test_a_tape_is_the_same_entry_on_every_machine(tmp_path: Path) -> None:
    """The entry that a spec pins holds no folder of the machine that read it."""
    found = []
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "models.toml").write_text(TAPE)
        found.append(_load(tmp_path / name).models["m"])
    assert found[0] == found[1]
    assert found[0].tape == "t.jsonl"


def test_all_problems_are_listed_at_once(tmp_path: Path) -> None:
    """Three broken files give three lines; windows line ends and blank lines give none."""
    for folder in ("prompts", "scenarios", "rubrics"):
        (tmp_path / folder).mkdir()
    (tmp_path / "prompts" / "p.md").write_text("x")
    (tmp_path / "rubrics" / "r.toml").write_text("x")
    (tmp_path / "scenarios" / "s.jsonl").write_text("x\n")
    with pytest.raises(CatalogError) as caught:
        _load(tmp_path)
    assert len(str(caught.value).splitlines()) == 4
    shutil.rmtree(tmp_path)
    for folder in ("prompts", "scenarios"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "prompts" / "p.md").write_bytes(PROMPT.replace("\n", "\r\n").encode())
    (tmp_path / "scenarios" / "s.jsonl").write_bytes(("\r\n" + SCENARIO.replace("\n", "\r\n")).encode())
    catalog = _load(tmp_path)
    assert (len(catalog.prompts), len(catalog.scenarios)) == (1, 1)
