"""What the interface raises, and of what it warns."""

import re

from tipbench.keywords import LimitKeywords, OptionKeywords

SWITCHES = frozenset({"accept_failures", "retry_failed", "without_scores", "archived"})
OF_FILES = frozenset({"map", "set", "rename", "judge_kind", "max_rows", "max_row_mb"})
KEYWORDS = frozenset(OptionKeywords.__annotations__).union(
    LimitKeywords.__annotations__, SWITCHES, OF_FILES, ("judges", "judge", "project", "slice", "outcome")
)
"""Keywords of the interface, which are the words of the options."""
_PAIR = re.compile(r"--(map|set) ([\w.]+)=([\w.]+)")
_OPTION = re.compile(r"--([a-z][a-z0-9-]*)( (?=[A-Z]{2,}|tip-bench-))?")
_COMMAND = re.compile(r"\btipbench (run|plan|runs) (tip-bench-[a-z0-9-]+)")


def in_python(sentence: str) -> str:
    """Return a sentence of the command line with keywords in place of its options, and methods of its commands."""
    said = _PAIR.sub(r'\1={"\2": "\3"}', sentence)
    return _COMMAND.sub(r'bench.\1("\2")', _OPTION.sub(_keyword, said))


def _keyword(found: re.Match[str]) -> str:
    name = found[1].replace("-", "_")
    if name not in KEYWORDS:
        return found[0]
    return f"{name}=True" if name in SWITCHES else name + ("=" if found[2] else "")


class Error(Exception):
    """Every error of the interface; its text is the command line's sentence, with keywords in place of options.

    `exit_code` is the command's: 1 a check failed, 2 wrong input, 3 done in part and to be tried again, 70 a defect.
    """

    def __init__(self, sentence: str, exit_code: int) -> None:
        super().__init__(in_python(sentence))
        self.exit_code = exit_code

    def _render_traceback_(self) -> list[str]:
        """Return what a notebook shows of it: the sentence, which IPython asks for by this name."""
        return [f"tipbench.Error: {self}"]


class BenchWarning(UserWarning):
    """What may be wrong with a launch, or did not work and does no harm to the results."""
