"""Finds what stands inside the Markdown fences of a chat program's answer."""

import re
from collections.abc import Callable
from typing import NamedTuple

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})([^`]*)")


class Fenced(NamedTuple):
    """The text inside fences, with an empty line for every line that was left out, and what that was in words."""

    text: str
    read_over: tuple[str, ...]


def fenced(text: str, wanted: Callable[[str], bool]) -> Fenced | None:
    """Return what stands in the fences of `text`, which has plain line ends; None when there is no such fence.

    `wanted` tells by the first line of a block whether it counts, so that a shell command beside the answers does no
    harm. A block that is never closed ends with the text.
    """
    lines_out: list[str] = []
    start: int | None = None
    mark, found, around = "", False, False

    def close(first: int) -> bool:
        """Blank the block from `first` on unless it is wanted; whether it is."""
        if wanted(next((line.strip() for line in lines_out[first:] if line.strip()), "")):
            return True
        lines_out[first:] = [""] * (len(lines_out) - first)
        return False

    for line in text.split("\n"):
        fence = _FENCE.fullmatch(line.rstrip())
        if start is None and fence:
            mark, start = fence[1], len(lines_out)
            lines_out.append("")
        elif start is not None and fence and fence[1].startswith(mark) and not fence[2].strip():
            taken = close(start)
            found, around, start = found or taken, around or not taken, None
            lines_out.append("")
        else:
            around |= start is None and bool(line.strip())
            lines_out.append("" if start is None else line)
    if start is not None:
        found |= close(start)
    if not found:
        return None
    return Fenced("\n".join(lines_out), ("a Markdown fence", "the text around it") if around else ("a Markdown fence",))
