"""Builds the services behind the API: reads, launches, judge rounds, the catalog, the audit log."""

import secrets
import time
from collections.abc import Callable
from functools import partial

from api.context import ApiServices
from contracts.access.caller import Role
from kit.disk_reserve import has_capacity
from resources.admin.experiments import LakeExperiments
from resources.admin.judged_tips import LakeTips
from resources.admin.records import ExperimentRecords
from resources.catalog.admin import LayeredCatalogAdmin
from resources.choosing.administration import CellChoices
from resources.collect.trial import PromptTrials
from resources.judging.review.judge_reviews import LakeJudgeReviews
from resources.judging.rounds.round_service import RoundService
from resources.judging.rounds.uploads import Uploads
from resources.judging.trials.administration import LakeJudgeTrials
from resources.policy_reports.stored import StoredPolicyReports
from resources.sql.audit_log import AuditTable
from services.auth.sessions.caller import CachingAuth
from services.events.dead_letters import DeadLetterTable
from wiring.container import Container
from wiring.processes.health import ServedSystem


def api_services_of(container: Container, audit: AuditTable) -> ApiServices:
    """Return the services of the API."""
    bench, launches = container.bench, container.launches
    reads = LakeExperiments(bench)
    rounds = RoundService(
        bench,
        container.database,
        clock=time.time,
        random_bytes=secrets.token_bytes,
        request_export=launches.export,
        request_publish=launches.publish,
    )
    uploads = Uploads(
        bench,
        container.database,
        clock=time.time,
        random_bytes=secrets.token_bytes,
        still_allowed=_still_allowed(container.asks),
    )
    return ApiServices(
        auth=container.asks,
        audit=audit,
        experiments=reads,
        tips=LakeTips(bench.home),
        launches=launches,
        rounds=rounds,
        uploads=uploads,
        catalog_admin=LayeredCatalogAdmin(bench),
        admin=ExperimentRecords(bench, reads),
        choices=CellChoices(bench),
        reviews=LakeJudgeReviews(bench, container.database, rounds.answerable),
        has_capacity=partial(has_capacity, bench.home.root),
        trials=PromptTrials(bench),
        judge_trials=LakeJudgeTrials(bench),
        dead_letters=DeadLetterTable(container.database, time.time),
        erasures=container.modules.erasure.saga,
        people=container.modules.people,
        notices=container.modules.service("notifier"),
        connections=container.modules.service("integrations"),
        policies=container.modules.service("recommender"),
        webhooks=container.modules.service("integrations"),
        policy_reports=StoredPolicyReports(bench.home.storage),
        system=container.system or ServedSystem(bench.home.root, container.database, time.time),
    )


def _still_allowed(auth: CachingAuth) -> Callable[[str, Role], bool]:
    def allowed(actor: str, role: Role) -> bool:
        user = auth.user(actor)
        return user is not None and user.role >= role

    return allowed
