"""Turns the results of steps into Dagster's metadata."""

from collections.abc import Mapping
from typing import Any

import dagster as dg

from core.scoring.checks import CheckResult
from resources.steps.result import FilePath, Json, Link, Markdown, StepResult


def as_metadata(result: StepResult) -> dict[str, Any]:
    """Return the result's metadata for a materialization in Dagster."""
    return {name: _value(value) for name, value in (result.metadata | result.done).items()}


def links_as_metadata(links: Mapping[str, str]) -> dict[str, Any]:
    """Return the tracking mirror's links of an experiment as metadata, addresses as links."""
    return {
        name: dg.MetadataValue.url(value) if name.endswith("_url") else dg.MetadataValue.text(value)
        for name, value in links.items()
    }


def severity_of(result: CheckResult) -> dg.AssetCheckSeverity:
    """Return Dagster's severity for a check's."""
    return dg.AssetCheckSeverity.ERROR if result.severity == "error" else dg.AssetCheckSeverity.WARN


def _value(value: Any) -> Any:
    if isinstance(value, Markdown):
        return dg.MetadataValue.md(value.text)
    if isinstance(value, FilePath):
        return dg.MetadataValue.path(value.path)
    if isinstance(value, Link):
        return dg.MetadataValue.url(value.url)
    return dg.MetadataValue.json(value.value) if isinstance(value, Json) else value
