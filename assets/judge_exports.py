"""The asset `judge_exports`: a folder of pending items for every judge who is not a program."""

import dagster as dg

from assets.candidates import candidates
from assets.failures import in_one_sentence
from assets.partitions import experiments
from resources.bench_context import BenchContext
from resources.judging.steps import export_pending
from resources.lake.specs import pinned_spec
from resources.tracking.mirroring import mirror


@dg.asset(partitions_def=experiments, group_name="benchmark", deps=[candidates], kinds={"file"})
def judge_exports(
    context: dg.AssetExecutionContext, bench: dg.ResourceParam[BenchContext]
) -> dg.MaterializeResult[None]:
    """Blind export folders, one a judge, holding what that judge has not answered yet."""
    name = context.partition_key
    with in_one_sentence():
        spec = pinned_spec(bench.home, name)
        exports = export_pending(bench, spec)
        mirror(bench, spec, "exported", log=context.log.warning)
    folders = {judge: str(export.folder) if export.folder else "nothing to judge" for judge, export in exports.items()}
    return dg.MaterializeResult(
        metadata={
            "pending": {judge: export.pending for judge, export in exports.items()},
            "folders": dg.MetadataValue.json(folders),
            **{f"folder_{judge}": dg.MetadataValue.path(folder) for judge, folder in folders.items()},
        }
    )
