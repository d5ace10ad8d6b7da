"""Candidates: the generations of an experiment, failed and refused ones included."""

from enum import Enum
from typing import Annotated

import strawberry

from api.connection import After, Connection, First, Listing, connection_of, request_of
from api.context import Info, in_thread
from api.enums import described
from api.fields import query
from api.types.node import accepts
from contracts.access.caller import Role
from contracts.benchmark.experiments import CandidateView

LARGEST_PAGE = 1_000


@strawberry.type(description="One generation of an experiment; null is not known.")
class Candidate:
    """Shows contracts.benchmark.experiments.CandidateView."""

    is_type_of = accepts(CandidateView)

    id: str = strawberry.field(description="Content hash of what was asked, 32 hex digits.")
    model: str = strawberry.field(description="Name of the model.")
    prompt: str = strawberry.field(description="Name of the prompt.")
    scenario_id: str = strawberry.field(description="Id of the scenario.")
    area: str | None = strawberry.field(description="The scenario's area of life.")
    locale: str | None = strawberry.field(description="The scenario's locale.")
    tip_index: int = strawberry.field(description="Which of the cell's tips for this scenario, from 0.")
    outcome: str = strawberry.field(description="text, refused or failed.")
    text: str | None = strawberry.field(description="The tip, untrusted text; null unless the outcome is text.")
    tokens_in: int | None = strawberry.field(description="Input tokens.")
    tokens_out: int | None = strawberry.field(description="Output tokens.")
    latency_ms: float | None = strawberry.field(description="From just before the request was sent, in ms.")
    cost: float | None = strawberry.field(description="USD.")
    error: str | None = strawberry.field(description="What went wrong.")


@strawberry.input(description="Which candidates; every field given must match.")
class CandidateFilter:
    """Which candidates, filtered where the file is read."""

    model: str | None = strawberry.field(default=None, description="Name of the model.")
    prompt: str | None = strawberry.field(default=None, description="Name of the prompt.")
    scenario_id: str | None = strawberry.field(default=None, description="Id of the scenario.")
    area: str | None = strawberry.field(default=None, description="Area of life.")
    locale: str | None = strawberry.field(default=None, description="Locale.")
    outcome: str | None = strawberry.field(default=None, description="text, refused or failed.")


@described(
    "Orders of candidates; what is not known comes last.",
    GRID="By cell, scenario and tip.",
    LATENCY_MS="By latency.",
    TOKENS_OUT="By output tokens.",
    COST="By cost.",
)
class CandidateSort(Enum):
    """The columns to sort by, as resources name them."""

    GRID = "grid"
    LATENCY_MS = "latency_ms"
    TOKENS_OUT = "tokens_out"
    COST = "cost"


def tip_request(
    listing: str, first: int, after: str | None, where: CandidateFilter | None, sort: Enum, *, descending: bool
) -> Listing:
    """Return the page request of a list of tips, filtered by what is given of `where`."""
    filters = vars(where) if where else {}
    return request_of(listing, first, after, sort=sort.value, descending=descending, where=filters, most=LARGEST_PAGE)


class CandidateQueries:
    """Root fields of the query."""

    @query(Role.ADMIN, "The generations of an experiment.", gives=Connection[Candidate], rows=LARGEST_PAGE)
    async def candidates(
        self,
        info: Info,
        experiment: Annotated[str, strawberry.argument(description="The experiment's name.")],
        first: First = 50,
        after: After = None,
        where: Annotated[CandidateFilter | None, strawberry.argument(description="Which.")] = None,
        sort: Annotated[CandidateSort, strawberry.argument(description="By what.")] = CandidateSort.GRID,
        descending: Annotated[bool, strawberry.argument(description="Largest first.")] = False,
    ) -> Connection[CandidateView]:
        """Return a page of candidates; its cursors are bound to the experiment too."""
        request = tip_request(f"candidates {experiment}", first, after, where, sort, descending=descending)
        page = await in_thread(info.context.services.experiments.candidates, experiment, request)
        return connection_of(page, request)
