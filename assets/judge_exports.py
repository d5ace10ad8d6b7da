"""The asset `judge_exports`: a folder of pending items for every judge who is not a program."""

import dagster as dg

from assets.candidates import candidates
from assets.failures import in_one_sentence
from assets.partitions import experiments
from resources.bench_context import BenchContext
from resources.dagster.metadata import as_metadata
from resources.lake.specs import pinned_spec
from resources.steps.asset_steps import StepContext, exports_step


@dg.asset(partitions_def=experiments, group_name="benchmark", deps=[candidates], kinds={"file"})
def judge_exports(
    context: dg.AssetExecutionContext, bench: dg.ResourceParam[BenchContext]
) -> dg.MaterializeResult[None]:
    """Blind export folders, one a judge, holding what that judge has not answered yet."""
    with in_one_sentence():
        step = exports_step(StepContext(bench, context.run.run_id), pinned_spec(bench.home, context.partition_key))
    return dg.MaterializeResult(metadata=as_metadata(step))
