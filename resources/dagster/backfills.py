"""Backfills: runs that we launched together, found by their tag, and Dagster's own."""

import dagster as dg

from contracts.benchmark.launches import BackfillView
from contracts.paging import Page, PageRequest
from kit.paging import key_after, page_of
from kit.times import iso
from resources.dagster.host import DagsterHost
from resources.dagster.instance import PARTITION
from resources.dagster.run_submitter import BACKFILL
from resources.launching.backfill_ids import ID, created_at

FAILED = {dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED}


def page_of_backfills(host: DagsterHost, request: PageRequest) -> Page[BackfillView]:
    """Return a page of backfills, newest first; the key is (created_at, id)."""
    found = [*_ours(host), *_dagsters(host)]
    found.sort(key=_key, reverse=True)
    if (after := key_after(request, str, str)) is not None:
        found = [backfill for backfill in found if _key(backfill) < after]
    return page_of(found, request.first, _key)


def backfill_of(host: DagsterHost, backfill_id: str) -> BackfillView:
    """Return one of our backfills by its id, with the state of the latest run of each experiment."""
    records = host.instance.get_run_records(dg.RunsFilter(tags={BACKFILL: backfill_id}), ascending=True)
    latest = {record.dagster_run.tags.get(PARTITION, ""): record.dagster_run.status for record in records}
    n_done = sum(status == dg.DagsterRunStatus.SUCCESS for status in latest.values())
    n_failed = sum(status in FAILED for status in latest.values())
    over = n_done + n_failed == len(latest)
    status = ("failure" if n_failed else "success") if over else "running"
    return BackfillView(
        id=backfill_id,
        source="tipbench",
        status=status,
        created_at=iso(created_at(backfill_id)),
        experiments=list(latest),
        n_done=n_done,
        n_failed=n_failed,
    )


def _key(backfill: BackfillView) -> tuple[str, str]:
    return backfill.created_at, backfill.id


def _ours(host: DagsterHost) -> list[BackfillView]:
    tags = dict(host.instance.get_run_tags([BACKFILL]))
    return [backfill_of(host, found) for found in sorted(tags.get(BACKFILL, set())) if ID.fullmatch(found)]


def _dagsters(host: DagsterHost) -> list[BackfillView]:
    return [
        BackfillView(
            id=backfill.backfill_id,
            source="dagster",
            status=backfill.status.value.lower(),
            created_at=iso(backfill.backfill_timestamp),
            experiments=[],
            n_done=0,
            n_failed=0,
        )
        for backfill in host.instance.get_backfills()
    ]
