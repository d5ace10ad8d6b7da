"""Draws a picture of boxes and arrows from its TOML text as SVG: `draw_diagram.py picture.toml > picture.svg`.

Boxes stand in a grid whose rows are as high as their highest box. The SVG has its own colours for light and dark pages
and needs no font or file from elsewhere.
"""

import sys
import tomllib
from pathlib import Path
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

MARGIN, WIDTH, GAP, DOWN, ROUND = 34, 138, 36, 38, 7
NAME_PX, LINE_PX = 7.3, 5.8
"""Widths of one letter, on the wide side: what is wider than its box is refused."""
KINDS = {  # fill, border: on a light page, on a dark one
    "outside": ("#ffffff", "#8a97a3", "#1b222a", "#7d8b98"),
    "asset": ("#dcebfb", "#2f74b8", "#15314d", "#5aa2e6"),
    "file": ("#fdf1d3", "#b58a1b", "#3a2f12", "#d3a63a"),
    "answer": ("#dff3e6", "#2f8a57", "#14352a", "#4fb884"),
    "contract": ("#e9ecef", "#5f6c78", "#2a323a", "#98a5b1"),
    "endpoint": ("#ece4f8", "#7a54b3", "#2d2145", "#a786dd"),
}
PAGE = """svg{background:#fafbfc;\
font:11px system-ui,-apple-system,"Segoe UI","Liberation Sans",Helvetica,Arial,sans-serif}\
text{fill:#44505b;text-anchor:middle}.name{font-size:13px;font-weight:600;fill:#17202a}\
.code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:12px}\
.left{text-anchor:start}.group{fill:none;stroke:#2f74b8;stroke-dasharray:5 4}\
.arrow{fill:none;stroke:#5f6c78;stroke-width:1.4}.head{fill:#5f6c78}"""
DARK = """svg{background:#0f141a}text{fill:#aeb9c4}.name{fill:#eef2f6}.group{stroke:#5aa2e6}.arrow{stroke:#98a5b1}\
.head{fill:#98a5b1}"""


class Box(NamedTuple):
    """A placed box: its row, its corner and size in pixels, and what is written in it."""

    row: int
    x: float
    y: float
    width: float
    height: float
    kind: str
    name: str
    is_code: bool
    lines: list[str]

    def side(self, side: str, across: float) -> tuple[float, float]:
        """Return the middle of a side; of a wide box's top and bottom the point that is straight `across`."""
        middle = min(max(across, self.x), self.x + self.width) if self.width > WIDTH else self.x + self.width / 2
        if side in {"top", "bottom"}:
            return middle, self.y + (self.height if side == "bottom" else 0)
        return self.x + (self.width if side == "right" else 0), self.y + self.height / 2


def place(picture: dict[str, Any]) -> dict[str, Box]:
    """Return the boxes at their places; raise ValueError where a text is wider than its box."""
    high: dict[int, float] = {}
    for given in picture["boxes"].values():
        row = given["at"][1]
        high[row] = max(high.get(row, 0), 34 + 15 * len(given.get("lines", [])))
    tops = {row: MARGIN + sum(high[above] + DOWN for above in high if above < row) for row in high}
    boxes = {}
    for key, given in picture["boxes"].items():
        (column, row), span = given["at"], given.get("span", 1)
        name, lines = given.get("code") or given["name"], given.get("lines", [])
        x, width = MARGIN + column * (WIDTH + GAP), span * WIDTH + (span - 1) * GAP
        boxes[key] = Box(row, x, tops[row], width, high[row], given["kind"], name, "code" in given, lines)
        for text, glyph in [(name, NAME_PX), *((line, LINE_PX) for line in lines)]:
            if len(text) * glyph > width - 4:
                raise ValueError(f"{key}: {text!r} is wider than its box")
    return boxes


def draw_box(box: Box) -> str:
    """Return the box with its texts in the middle."""
    middle, first = box.x + box.width / 2, box.y + (box.height - 15 * len(box.lines)) / 2 + 4.5
    look = "name code" if box.is_code else "name"
    rows = [f'<text class="{look}" x="{middle:g}" y="{first:g}">{escape(box.name)}</text>']
    rows += [
        f'<text x="{middle:g}" y="{first + 15 * number + 1:g}">{escape(line)}</text>'
        for number, line in enumerate(box.lines, 1)
    ]
    size = f'width="{box.width:g}" height="{box.height:g}" rx="{4 if box.kind == "file" else 8}"'
    return f'<rect class="{box.kind}" x="{box.x:g}" y="{box.y:g}" {size}/>' + "".join(rows)


def way(start: tuple[float, float], leave: str, end: tuple[float, float], enter: str) -> list[tuple[float, float]]:
    """Return the corners of an arrow with right angles from `start` to `end`."""
    (x1, y1), (x2, y2) = start, end
    if leave == enter == "left":
        out = min(x1, x2) - MARGIN / 2
        return [start, (out, y1), (out, y2), end]
    if leave in {"left", "right"}:
        out = x2 - GAP / 2
        return [start, (out, y1), (out, y2), end] if y1 != y2 else [start, end]
    return [start, end]


def draw_arrow(corners: list[tuple[float, float]], *, both: bool) -> str:
    """Return the line with rounded corners and its head, or two heads."""
    path = f"M{corners[0][0]:g} {corners[0][1]:g}"
    for before, corner, after in zip(corners, corners[1:], corners[2:], strict=False):
        near, far = toward(corner, before), toward(corner, after)
        path += f"L{near[0]:g} {near[1]:g}Q{corner[0]:g} {corner[1]:g} {far[0]:g} {far[1]:g}"
    path += f"L{corners[-1][0]:g} {corners[-1][1]:g}"
    start = ' marker-start="url(#head)"' if both else ""
    return f'<path class="arrow" d="{path}"{start} marker-end="url(#head)"/>'


def toward(corner: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    """Return the point on the way from a corner where its rounding ends."""
    length = abs(other[0] - corner[0]) + abs(other[1] - corner[1])
    part = min(ROUND, length / 2) / length
    return corner[0] + (other[0] - corner[0]) * part, corner[1] + (other[1] - corner[1]) * part


def draw_group(group: dict[str, Any], boxes: dict[str, Box]) -> str:
    """Return the dashed frame around columns of one row, with its title between the arrows that come in."""
    row, left, right = group["row"], group["first"], group["last"]
    one = next(box for box in boxes.values() if box.row == row)
    x, y, width = MARGIN + left * (WIDTH + GAP) - 12, one.y - 26, (right - left + 1) * (WIDTH + GAP) - GAP + 24
    size = f'width="{width:g}" height="{one.height + 38:g}" rx="12"'
    title = f'<text x="{x + width / 2:g}" y="{y + 16:g}">{escape(group["name"])}</text>'
    return f'<rect class="group" x="{x:g}" y="{y:g}" {size}/>{title}'


def draw_legend(kinds: dict[str, str], y: float) -> str:
    """Return one line that says what each colour is."""
    parts, x = [], float(MARGIN)
    for kind, words in kinds.items():
        parts.append(f'<rect class="{kind}" x="{x:g}" y="{y:g}" width="18" height="12" rx="3"/>')
        parts.append(f'<text class="left" x="{x + 25:g}" y="{y + 10:g}">{escape(words)}</text>')
        x += 56 + LINE_PX * len(words)
    return "".join(parts)


def style() -> str:
    """Return the rules for light pages, and those that a dark one changes."""
    light = "".join(f".{kind}{{fill:{fill};stroke:{line}}}" for kind, (fill, line, _, _) in KINDS.items())
    dark = "".join(f".{kind}{{fill:{fill};stroke:{line}}}" for kind, (_, _, fill, line) in KINDS.items())
    return f"<style>{PAGE}{light}@media (prefers-color-scheme:dark){{{DARK}{dark}}}</style>"


def draw(text: str) -> str:
    """Return the SVG of a picture's TOML text; raise KeyError or ValueError for what cannot be drawn."""
    picture = tomllib.loads(text)
    boxes = place(picture)
    parts = [draw_group(picture["group"], boxes)]
    for line in picture["arrows"]["draw"]:
        source, leave, heads, enter, target = line.split()
        one, two = boxes[source], boxes[target]
        narrow = min(one, two, key=lambda box: box.width)
        across = narrow.x + narrow.width / 2
        corners = way(one.side(leave, across), leave, two.side(enter, across), enter)
        parts.append(draw_arrow(corners, both={">": False, "<>": True}[heads]))
    parts += [draw_box(box) for box in boxes.values()]
    right, bottom = max(box.x + box.width for box in boxes.values()), max(box.y + box.height for box in boxes.values())
    parts.append(draw_legend(picture["kinds"], bottom + 24))
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {right + MARGIN:g} {bottom + 24 + MARGIN:g}" role="img" '
        f'aria-labelledby="title text">{style()}<title id="title">{escape(picture["title"])}</title>'
        f'<desc id="text">{escape(picture["text"])}</desc><defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" '
        'markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path class="head" d="M0 0.5L8 4L0 7.5z"/>'
        "</marker></defs>"
    )
    return "\n".join([head, *parts, "</svg>", ""])


if __name__ == "__main__":
    sys.stdout.write(draw(Path(sys.argv[1]).read_text("utf-8")))
