"""What people see on a terminal: listings, the leaderboard; text from outside is made harmless."""

import csv
import io
import re
import shutil
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec

from core.sanitize import inert, visible
from core.scoring.leaderboard_row import LeaderboardRow, SliceRow
from resources.report.marks import MARKS, marked_cells
from resources.report.shown_tables import FEW, without_p
from wiring.cli.terminal import drawn, say, say_json
from wiring.operations.rows import flat

LONGEST_LABEL = 48


def print_records(
    records: Sequence[Any], format_: str, columns: list[str] | None = None, spared: Sequence[str] = ()
) -> None:
    """Print records (structs of one type) as a table, as JSON alone on standard output, or as CSV.

    A table shows `columns`, and does without the `spared` ones, the first first, where a terminal is too narrow.
    """
    rows: list[dict[str, Any]] = msgspec.json.decode(msgspec.json.encode(records))
    if format_ == "json":
        say_json(msgspec.json.format(msgspec.json.encode(rows), indent=2).decode())
    elif format_ == "csv":
        _print_csv(rows)
    else:
        _print_table([{name: row[name] for name in columns or row} for row in rows], spared)


def leaderboard_table(
    rows: Sequence[LeaderboardRow], tips: Mapping[tuple[str, str], int], notes: Sequence[str] = ()
) -> None:
    """Print the leaderboard for people: rank interval, score with its interval, difference to the baseline.

    `tips` counts tips with a text by model and prompt; `scored` are pairs of a tip and a judge. `notes` are sentences
    that are printed below it.
    """
    shown = _print_table([_readable(row, row.p_holm, tips) for row in rows], SPARED)
    kinds = {row.judge_kind for row in rows if row.judge_kind}
    if not kinds:
        say("nobody has scored yet: every number is pending, and the leaderboard is provisional")
        _print_notes(notes)
        return
    automatic = " (automatic)" if kinds & {"program", "model"} else ""
    provisional = (
        "; provisional: judges have scored under 90 % of some cells" if any(r.provisional for r in rows) else ""
    )
    say(f"scores with 95 % intervals, judged by {', '.join(sorted(kinds))}{automatic}{provisional}")
    if "p" in shown and sum(row.p_holm is not None for row in rows) > 1:
        say("p is adjusted by Holm over the differences to the baseline, their intervals are not adjusted")
    for mark, cells in marked_cells(rows):
        say(visible(f"{mark} ({cells}): {MARKS[mark]}"))
    _print_notes(notes)


def _print_notes(notes: Sequence[str]) -> None:
    for note in notes:
        say(visible(note))


def print_slices(rows: Sequence[SliceRow], format_: str, slice_: str) -> None:
    """Print the rows of the slice (area or locale) by its value and cell, in the given format."""
    if format_ != "table":
        print_records(rows, format_)
        return
    if not any(row.slice_value for row in rows):
        say(f"no scenario has a value for {slice_}, so there is nothing to slice")
        return
    _print_table([{row.slice: row.slice_value or "–", **_readable(row, row.p_bh, {})} for row in rows], SPARED)
    if without_p(rows):
        say(f"exploratory, and {FEW}")
    else:
        say("exploratory: p is adjusted by Benjamini and Hochberg over this table, intervals are not adjusted")


SPARED = (
    *("title", "p95 ms", "words", "$/1k", "noise", "failed", "pending", "tips", "scored"),
    *("p", "95 % ", "vs baseline"),
)
"""Columns of the leaderboard that a narrow terminal does without, the first of them first."""


def _readable(row: LeaderboardRow, p: float | None, tips: Mapping[tuple[str, str], int]) -> dict[str, str]:
    return {
        "rank": "–" if row.rank_low is None else _range(str(row.rank_low), str(row.rank_high)),
        "model": row.model,
        "prompt": row.prompt,
        "title": _brief(row.title),
        "score": _number(row.score),
        "95 %": _interval(row.low, row.high),
        "vs baseline": "baseline" if row.diff is None and row.score is not None else _signed(row.diff),
        "95 % ": _interval(row.diff_low, row.diff_high, signed=True),
        "p": "" if p is None else ("<.001" if p < 0.001 else f"{p:.3f}".lstrip("0")),
        "tips": str(tips.get((row.model, row.prompt), "")),
        "scored": str(row.n_scored),
        "failed": str(row.n_failed + row.n_refused),
        "pending": str(row.n_pending),
        "noise": "" if row.judge_noise is None else _number(row.judge_noise),
        "words": "–" if row.mean_length is None else f"{row.mean_length:.0f}",
        "$/1k": "–" if row.cost_per_1k is None else f"{row.cost_per_1k:.3g}",
        "p95 ms": "–" if row.latency_p95_ms is None else f"{row.latency_p95_ms:.0f}",
        "marks": " ".join(row.marks),
    }


def _brief(label: str | None) -> str:
    """A label on one line, its middle left out where it is long: labels of one kind differ at either end."""
    plain = " ".join((label or "").split())
    return plain if len(plain) <= LONGEST_LABEL else f"{plain[: LONGEST_LABEL // 2]} … {plain[-LONGEST_LABEL // 2 :]}"


def _range(low: str, high: str) -> str:
    return low if low == high else f"{low}–{high}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _signed(value: float | None) -> str:
    return "–" if value is None else f"{_rounded(value):+.2f}"


def _interval(low: float | None, high: float | None, *, signed: bool = False) -> str:
    if low is None or high is None:
        return "–"
    low, high = _rounded(low), _rounded(high)
    return f"{low:+.2f} … {high:+.2f}" if signed else f"{low:.2f} … {high:.2f}"


def _rounded(value: float) -> float:
    """Return the value to two digits, and what rounds to nothing without the sign of a negative number."""
    return round(value, 2) + 0.0


def _print_table(rows: list[dict[str, Any]], spared: Sequence[str] = ()) -> list[str]:
    """Print rows as a table that cuts nothing off; return its columns.

    Where it is too wide, `spared` columns are left out by name.
    """
    if not rows:
        return []
    filled = [name for name in rows[0] if any(row[name] not in ("", None) for row in rows)] or list(rows[0])
    shown = [{name: visible(_shown(row[name])) for name in filled} for row in rows]
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 200
    left_out: list[str] = []
    for name in spared:
        if _width(shown) > width and name in filled:
            left_out.append("interval of the difference" if name == "95 % " else name)
            filled.remove(name)
            shown = [{name: row[name] for name in filled} for row in shown]
    numeric = {
        name
        for name in filled
        if all(isinstance(row[name], int | float | None) or _looks_numeric(row[name]) for row in rows)
    }
    if sys.stdout.isatty() or not _is_plain(filled, shown):
        _draw(shown, filled, numeric, max(width, _width(shown)))
    else:
        _write(shown, filled, numeric)
    if left_out:
        say(f"left out for want of width: {', '.join(left_out)}; --format csv or json has them")
    return filled


def _draw(shown: Sequence[dict[str, str]], filled: Sequence[str], numeric: set[str], width: int) -> None:
    """Print a table by rich, with a heading as the terminal has it; running text wraps."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name in filled:
        justify: Literal["right", "left"] = "right" if name in numeric else "left"
        table.add_column(drawn(name), justify=justify, no_wrap=name not in WRAPPED, overflow="fold")
    for entry in shown:
        table.add_row(*(drawn(entry[name]) for name in filled))
    Console(width=width, highlight=False).print(table)


def _is_plain(filled: Sequence[str], shown: Sequence[dict[str, str]]) -> bool:
    """Return whether a table has no running text, and in its cells nothing but visible ASCII and the usual signs."""
    cells = (text for row in shown for text in row.values())
    headings = (name.rstrip() for name in filled)  # two of one name differ by a blank at the end
    return not WRAPPED & {*filled} and all(
        text == text.strip() and _PLAIN.fullmatch(text) for text in (*headings, *cells)
    )


def _write(shown: Sequence[dict[str, str]], filled: Sequence[str], numeric: set[str]) -> None:
    """Print a plain table as rich would into a file: that takes 0.1 s for 100 rows, and 0.05 s to import."""
    lines = [{name: name.rstrip() for name in filled}, *shown]
    widths = {name: max(len(name), *(len(line[name]) for line in lines)) for name in filled}
    text = [
        "   ".join(f"{line[name]:{'>' if name in numeric else '<'}{widths[name]}}" for name in filled) for line in lines
    ]
    say("\n".join([text[0], "─" * len(text[0]), *text[1:]]))


_PLAIN = re.compile("[ -~–…×]*")
WRAPPED = {"text", "error", "message", "detail", "description", "situation", "criteria", "reasons"}
NARROWEST = 24
TIME = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)[.\d]*\+00:00")


def _width(shown: list[dict[str, str]]) -> int:
    """Terminal cells that the table needs; columns of running text wrap at 24."""
    widths = [max(_cells(text) for text in (name, *(row[name] for row in shown))) for name in shown[0]]
    wrapped = [
        min(width, NARROWEST) if name in WRAPPED else width for name, width in zip(shown[0], widths, strict=True)
    ]
    return sum(wrapped) + 3 * len(wrapped)


def _cells(text: str) -> int:
    if _PLAIN.fullmatch(text):
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def _looks_numeric(value: Any) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(r"[+-]?[\d.]+|–|<?\.\d+|", value))


def _shown(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, dict):
        return ", ".join(f"{key} {_shown(entry)}" for key, entry in value.items())
    return ", ".join(map(_shown, value)) if isinstance(value, list) else TIME.sub(r"\1 \2", str(value))


def _print_csv(rows: list[dict[str, Any]]) -> None:
    sheet = [{name: _harmless(value) for name, value in flat(row)} for row in rows]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(dict.fromkeys(key for row in sheet for key in row)), lineterminator="\n")
    writer.writeheader()
    writer.writerows(sheet)
    say(text.getvalue(), nl=False)


def _harmless(value: Any) -> Any:
    """Return a cell that no spreadsheet runs as a formula and that shows what it holds."""
    return inert(visible(value)) if isinstance(value, str) else value
