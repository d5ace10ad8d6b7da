"""Links to the tracking mirror as Dagit shows them."""

from collections.abc import Mapping

import dagster as dg


def linked(links: Mapping[str, str]) -> dict[str, dg.MetadataValue]:
    """URLs as links, what has no page of its own as text."""
    return {
        key: dg.MetadataValue.url(value) if value.startswith(("http://", "https://")) else dg.MetadataValue.text(value)
        for key, value in links.items()
    }
