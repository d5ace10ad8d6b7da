"""Prints the table of options that the README has, from the record of the options."""

import sys

from core.benchmark.spec import OPTIONS

JUDGES = (
    "| `judges` | `run`: agent (an agent); `adopt`: none | no | "
    "`--judge ID[=KIND]`, repeatable; human, agent, model or program |"
)


def option_table() -> str:
    """Return the table in Markdown, one row an option in the record's order, and one for the judges."""
    rows = [
        f"| `{info.name}` | {info.default} | {'yes' if info.pinned else 'no'} | {info.sentence} |"
        for info in OPTIONS.values()
    ]
    return "\n".join(["| option | default | pinned | what it does |", "|---|---|---|---|", *rows, JUDGES]) + "\n"


def main() -> None:
    """Print the table to standard output."""
    sys.stdout.write(option_table())


if __name__ == "__main__":
    main()
