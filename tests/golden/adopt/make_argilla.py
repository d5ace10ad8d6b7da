"""Writes argilla.json and argilla_flat.jsonl; made with the SDK argilla 2.8.0, which no test needs.

Records of two models with the answers of two people, one of them a draft, and a suggestion of a model, exported by the
SDK's own export, nested as `records.to_json` writes them and flat as `records.to_list(flatten=True)` gives them. No
server was asked.
"""

import json
from pathlib import Path

import argilla as rg
from argilla.records._io._generic import GenericIO

HERE = Path(__file__).parent
ANNA, BEN = "7d1b2c3e-0000-4000-8000-000000000001", "7d1b2c3e-0000-4000-8000-000000000002"


def record(number: int, model: str, case: int) -> rg.Record:
    """Make the record of one answer of a model."""
    return rg.Record(
        id=f"r{number}",
        fields={"instruction": f"I cannot sleep, case {case}", "response": f"Walk, then rest ({number})."},
        metadata={"model": model, "prompt": "kind", "area": "health"},
        responses=[
            rg.Response("clear", 3 + number % 3, user_id=ANNA, status="submitted"),
            rg.Response("kind", 4, user_id=ANNA, status="submitted"),
            rg.Response("clear", 1, user_id=BEN, status="draft"),
        ],
        suggestions=[
            rg.Suggestion("clear", 4, agent="gpt-4o", score=0.9),
            rg.Suggestion("kind", 5, agent="gpt-4o"),
        ],
    )


def main() -> None:
    """Write both files."""
    cases = [(model, case) for model in ("north", "south") for case in (1, 2, 3)]
    records = [record(number, *case) for number, case in enumerate(cases)]
    (HERE / "argilla.json").write_text(json.dumps(GenericIO.to_list(records), indent=1) + "\n")
    flat = GenericIO.to_list(records, flatten=True)
    (HERE / "argilla_flat.jsonl").write_text("".join(json.dumps(row) + "\n" for row in flat))


if __name__ == "__main__":
    main()
