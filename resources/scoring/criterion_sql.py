"""Criteria as SQL over the columns of scores; their names are validated to hold no quote."""

from collections.abc import Sequence

from core.dataset_columns import criterion_column
from core.judging.rubric import Criterion, Rubric


def in_units_sql(rubric: Rubric, criterion: Criterion) -> str:
    """Return a criterion's value in rubric units, in which yes is the scale's high and no its low."""
    column = f's."{criterion_column(criterion.name)}"'
    if criterion.scale is None:
        return column
    low, span = float(rubric.scale.low), float(rubric.scale.high - rubric.scale.low)
    return f"({low!r}::double + {span!r}::double * {column})"


def verdicts_sql(gates: Sequence[str]) -> str:
    """Return a query of the verdicts on every cell and scenario, gate_0, gate_1, … by the judges of `$judges`.

    A tip passes where more than half of the judges who say something say yes; a scenario passes where all its scored
    tips do. Where nobody says anything the verdict is null.
    """
    tips = [f'(avg(s."{criterion_column(name)}") > 0.5)::int as gate_{place}' for place, name in enumerate(gates)]
    scenarios = [f"min(gate_{place}) as gate_{place}" for place in range(len(gates))]
    return f"""
        with tips as (
            select c.cell, c.scenario, c.candidate_id, {", ".join(tips)}
            from scores s join candidates c using (candidate_id)
            where list_contains($judges, s.judge::varchar) group by all
        )
        select cell, scenario, {", ".join(scenarios)} from tips group by all
    """  # noqa: S608  # criterion names are validated to hold no quote
