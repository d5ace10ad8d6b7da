"""What `plan` and `run` warn of: edited entries, few tokens to reason, a shared machine, scores not taken over."""

from core.benchmark.model import embedded_at_a_time, sharing
from core.benchmark.spec import Spec
from core.plurals import counted
from core.sanitize import visible
from resources.bench_context import BenchContext
from resources.collect.edited_entries import edited_entries
from resources.collect.model_changes import reached_today
from resources.lake.specs import pinned_spec
from resources.models.embedded import machine_cores
from resources.models.reasoning import too_few_tokens


def warnings_of(bench: BenchContext, spec: Spec, *, new: bool) -> list[str]:
    """Return a sentence for each thing to know before a launch; `new` says that the spec was not pinned before."""
    found = edited_entries(bench, spec, new=new)
    found += too_few_tokens(spec.models, spec.prompts) if new else []
    found += _shared_machine(bench, spec)
    if spec.extends and pinned_spec(bench.home, spec.extends).rubric != spec.rubric:
        sentence = f"{spec.rubric.ref} is another rubric than that of {spec.extends}: no scores are taken over"
        sentence += ", and no old item is judged again" if spec.options.anchors else ""
        found.append(sentence)
    return [visible(sentence) for sentence in found]


def _shared_machine(bench: BenchContext, spec: Spec) -> list[str]:
    """Sentences on models that run on this machine in one run: how they take its cores, and what that does to times."""
    models, cores = reached_today(bench, spec.models), machine_cores()
    has = counted(cores, "core")
    found = []
    embedded = [model.name for model in models if model.provider == "embedded"]
    if len(embedded) > 1 and embedded_at_a_time(models, cores) == 1:
        found.append(f"{' and '.join(embedded)} answer one at a time, for this machine has {has}")
    if names := sharing(models):
        found.append(
            f"{' and '.join(names)} share this machine's {has}: latencies are longer than each would have alone"
        )
    return found
