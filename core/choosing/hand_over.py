"""What is handed over when a cell is shipped: one record for programs, and the same for people to read."""

from collections.abc import Mapping

import msgspec

from core.benchmark.model import Model
from core.benchmark.prompt import Prompt
from core.canonical import content_hash
from core.scoring.leaderboard_row import LeaderboardRow


class ShippedCell(msgspec.Struct, frozen=True, kw_only=True):
    """The contents of ship.json: a cell with all that makes its texts, its figures, and who shipped it and why.

    `model` says nothing of where it is reached. `verdict` is the decision for the cell on the scores of the hash
    `data`, with the options that it was given; None where it was shipped `anyway`, for that reason.
    """

    experiment: str
    number: int
    cell: str
    model: Model
    prompt: Prompt
    temperature: float
    data: str
    data_hash: str
    figures: LeaderboardRow
    verdict: str | None
    options: Mapping[str, str]
    anyway: str | None
    replaces: str | None
    author: str
    at: str

    @property
    def cell_hash(self) -> str:
        """Return the content hash of model and prompt, equal in every experiment that has just these."""
        return cell_hash(self.model, self.prompt)


def cell_hash(model: Model, prompt: Prompt) -> str:
    """Return the content hash of a model and a prompt, whatever cells of them are called."""
    return content_hash([model.generation_hash, prompt.generation_hash])


def without_transport(model: Model) -> Model:
    """Return the model without where it is reached, and so with what it records."""
    source = None if model.source_model is None else without_transport(model.source_model)
    return msgspec.structs.replace(model, endpoint=None, source_model=source)


def prompt_page(ship: ShippedCell) -> str:
    """Return prompt.md: the prompt as a program takes it, with parameters, cut rules and what it was shipped for."""
    row, prompt = ship.figures, ship.prompt
    interval = "" if row.low is None or row.high is None else f", {row.low:.2f} to {row.high:.2f}"
    verdict = ship.verdict if ship.anyway is None else f"none; shipped anyway: {ship.anyway}"
    facts = {
        "model": ship.model.model or ship.model.name,
        "prompt": prompt.ref,
        "temperature": f"{ship.temperature:g}",
        "max_tokens": str(prompt.max_tokens),
        "stop": msgspec.json.encode(prompt.stop).decode(),
        "cut": msgspec.json.encode(prompt.cut).decode(),
        "score": "not known" if row.score is None else f"{row.score:.2f}{interval}",
        "judged by": row.judge_kind or "nobody",
        "scenarios": str(row.n_scenarios),
        "cost per 1,000 tips": "not known" if row.cost_per_1k is None else f"{row.cost_per_1k:.6g} USD",
        "p95 latency": "not known" if row.latency_p95_ms is None else f"{row.latency_p95_ms:.0f} ms",
        "data": ship.data_hash,
        "verdict": ", ".join([str(verdict), *(f"{name} {value}" for name, value in ship.options.items())]),
        "shipped by": f"{ship.author}, {ship.at}",
        "replaces": ship.replaces or "nothing",
    }
    lines = [
        f"# {ship.cell}",
        "",
        f"From {ship.experiment}.",
        "",
        *(f"- {name}: {_line(v)}" for name, v in facts.items()),
    ]
    for message in prompt.messages:
        fence = _fence(message.content)
        lines += ["", f"## {message.role}", "", fence, message.content, fence]
    return "\n".join(lines) + "\n"


def _line(text: str) -> str:
    return " ".join(text.split())


def _fence(text: str) -> str:
    """Return a fence that no line of the text closes."""
    fence = "```"
    while fence in text:
        fence += "`"
    return fence
