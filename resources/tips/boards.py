"""Reads of published leaderboards what a catalog of tips is chosen from: cells with their scores, and judged texts."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from contracts.tips.catalog import LONGEST_TIP, CatalogTip
from core.benchmark.model import Model
from core.benchmark.prompt import Prompt
from core.benchmark.spec import Spec
from core.canonical import content_hash
from core.judging.rubric import Scale
from core.plurals import counted
from core.sanitize import visible
from core.scoring.leaderboard_row import LeaderboardRow
from core.tips.selection import BoardCell, SelectionRule
from core.tips.texts import as_one_line, text_fault
from resources.home import Home
from resources.lake.leaderboards import BOARDS, read_published
from resources.lake.specs import experiment_state
from resources.scoring.engine import scores_engine

AREA = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
MOST_AREAS = 20
LONGEST_MODEL, LONGEST_PROMPT = 200, 100
_TEXTS = """
    select cell, area, text from (
        select distinct c.cell, c.area::varchar as area, c.text from candidates c
        where c.outcome = 'text' and c.area is not null
        and c.candidate_id in (select s.candidate_id from scores s where s.unscorable is null)
    )
    qualify row_number() over (partition by cell, area order by md5(text), text) <= ?
    order by cell, area, md5(text), text
"""


@dataclass(frozen=True)
class CellMaker:
    """What a cell writes with, as its experiment pinned it."""

    model: Model
    prompt: Prompt
    temperature: float


@dataclass
class ReadBoard:
    """One leaderboard: its cells, the tips that each may serve by arm and leaderboard, and what is left out and why.

    `makers` are what the cells of an experiment that was not adopted write with, by the same names.
    """

    cells: list[BoardCell] = field(default_factory=list)
    tips: dict[tuple[str, str], list[CatalogTip]] = field(default_factory=dict)
    makers: dict[tuple[str, str], CellMaker] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def counted_experiments(home: Home, rule: SelectionRule) -> Sequence[str]:
    """Return the names of the experiments whose leaderboards count, sorted: those of the rule, else all."""
    return sorted(set(rule.leaderboards)) if rule.leaderboards else home.experiments()


def publication_tags(home: Home, names: Sequence[str]) -> dict[str, tuple[str | None, ...]]:
    """Return a text for each experiment that is another one once a leaderboard, an answer or a record was added."""
    parts = ((BOARDS, "manifest.json"), ("candidates", "manifest.json"), ("records.jsonl",))
    tags = home.storage.blobs.tags([home.key(name, *each) for name in names for each in parts])
    return dict(zip(names, zip(*[iter(tags)] * len(parts), strict=True), strict=True))


def read_board(home: Home, name: str, rule: SelectionRule) -> ReadBoard | None:
    """Return what is published of an experiment, None without a leaderboard, or where it is archived.

    Raise LakeBroken for a file that cannot be read.
    """
    state, published = experiment_state(home, name), read_published(home, name)
    if state.spec is None or published is None or (state.is_archived and name not in rule.leaderboards):
        return None
    found, texts = ReadBoard(), _texts_of(home, state.spec, rule)
    makers = dict(zip(state.spec.cell_names(), _makers(state.spec), strict=True))
    for row in published.rows:
        arm = f"{row.model}/{row.prompt}"
        if len(row.model) > LONGEST_MODEL or len(row.prompt) > LONGEST_PROMPT:
            found.faults.append(f"{name}: a cell serves nothing, for its name is too long")
            continue
        tips = _usable(name, arm, texts.get((row.model, row.prompt), []), found.faults)
        found.tips[arm, published.data_hash] = tips
        if state.spec.source != "adopt" and (row.model, row.prompt) in makers:
            found.makers[arm, published.data_hash] = makers[row.model, row.prompt]
        found.cells.append(_cell(row, state.spec.rubric.scale, tips, published.data_hash))
    return found


def _texts_of(home: Home, spec: Spec, rule: SelectionRule) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """Return area and text of judged candidates by cell, so many of each area, chosen by a hash and not by score."""
    names, found = spec.cell_names(), dict[tuple[str, str], list[tuple[str, str]]]()
    with scores_engine(home, spec) as connection:
        for cell, area, text in connection.execute(_TEXTS, [rule.tips_per_area]).fetchall():
            found.setdefault(names[cell], []).append((area, text))
    return found


def _makers(spec: Spec) -> list[CellMaker]:
    """What each cell of the grid writes with, in the grid's order."""
    temperature = spec.temperature or 0.0
    return [CellMaker(spec.models[model], spec.prompts[prompt], temperature) for model, prompt in spec.cells]


def _usable(name: str, arm: str, texts: Sequence[tuple[str, str]], faults: list[str]) -> list[CatalogTip]:
    tips, reasons, areas = dict[str, CatalogTip](), list[str](), set[str]()
    for area, text in texts:
        fault = text_fault(text, LONGEST_TIP)
        if not AREA.fullmatch(area) or (area not in areas and len(areas) == MOST_AREAS):
            fault = f"an area that is no word, or one of more than {MOST_AREAS}"
        if fault is not None:
            reasons.append(fault)
            continue
        areas.add(area)
        line = as_one_line(text)
        id_ = f"t-{content_hash((arm, area, line))[:32]}"
        tips[id_] = CatalogTip(id_, area, line)
    faults += [
        visible(f"{name}: {counted(reasons.count(reason), 'text')} of {arm} left out: {reason}")
        for reason in sorted(set(reasons))
    ]
    return list(tips.values())


def _cell(row: LeaderboardRow, scale: Scale, tips: Sequence[CatalogTip], data_hash: str) -> BoardCell:
    def share(value: float | None) -> float | None:
        return None if value is None else min(1.0, max(0.0, (value - scale.low) / (scale.high - scale.low)))

    return BoardCell(
        model=row.model,
        prompt=row.prompt,
        score=share(row.score),
        low=share(row.low),
        cost_per_1k=row.cost_per_1k,
        n_scenarios=row.n_scenarios,
        provisional=row.provisional,
        areas=frozenset(tip.area for tip in tips),
        data_hash=data_hash,
    )
