"""Shows in Dagit where the tracking mirror has the experiment."""

from collections.abc import Mapping

import dagster as dg


def tracking_metadata(links: Mapping[str, str]) -> dict[str, dg.MetadataValue]:
    """Return what `resources.tracking.mirroring.mirror` gave as Dagster metadata, addresses as links."""
    return {
        name: dg.MetadataValue.url(value) if name.endswith("_url") else dg.MetadataValue.text(value)
        for name, value in links.items()
    }
