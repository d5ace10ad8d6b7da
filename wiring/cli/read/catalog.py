"""`tipbench catalog`: what this project's catalog holds."""

import shlex
from typing import Any

import click

from wiring.cli.context import bench_context_of, format_option
from wiring.cli.output import print_records
from wiring.cli.terminal import say

KINDS = ("models", "prompts", "scenarios", "rubrics", "judges")
SHORT = {
    "models": ["name", "provider", "model", "endpoint", "parameters_b", "price_in", "price_out"],
    "prompts": ["name", "version", "mode", "max_tokens", "description"],
    "scenarios": ["id", "area", "locale", "situation"],
    "rubrics": ["name", "version", "low", "high", "criteria"],
    "judges": ["name", "kind", "model", "command", "asks", "criteria", "max_tokens", "temperature"],
}

SPARED = ("parameters_b", "model", "provider", "max_tokens", "locale")


@click.command("catalog")
@click.argument("kind", type=click.Choice(KINDS), required=False)
@format_option
@click.pass_context
def catalog_command(ctx: click.Context, kind: str | None, format_: str) -> None:
    """List the models, prompts, scenarios, rubrics or judges of the catalog; without KIND how many of each it has."""
    catalog = bench_context_of(ctx).catalog()
    if kind is None:
        print_records([{"kind": each, "entries": len(catalog.records(each))} for each in KINDS], format_)
        return
    records = catalog.records(kind)
    if not records and format_ == "table":
        say(f"the catalog has no {kind}")
        return
    if format_ == "table":
        records = [_flat(kind, record) for record in records]
    print_records(records, format_, columns=SHORT[kind] if format_ == "table" else None, spared=SPARED)


def _flat(kind: str, record: dict[str, Any]) -> dict[str, Any]:
    """Return the columns that a terminal shows."""
    if kind == "models":
        return {**record, "endpoint": (record["endpoint"] or {}).get("base_url")}
    if kind == "scenarios":
        return {**record, "situation": record["data"].get("situation") or record["data"].get("text")}
    if kind == "rubrics":
        names = ", ".join(criterion["name"] for criterion in record["criteria"])
        return {**record, **record["scale"], "criteria": names}
    if kind == "judges":
        return {**record, "command": shlex.join(record["command"])}
    return record
