"""What `plan` and `run` warn of: edited entries, few tokens to reason, scores that cannot be taken over."""

import click

from core.benchmark.spec import Spec
from core.sanitize import visible
from resources.bench_context import BenchContext
from resources.collect.edited_entries import edited_entries
from resources.lake.specs import pinned_spec
from resources.models.reasoning import too_few_tokens


def warn_of(bench: BenchContext, spec: Spec, *, new: bool) -> None:
    """Print the warnings on standard error; `new` says that the spec was not pinned before."""
    for sentence in edited_entries(bench, spec, new=new):
        click.echo(visible(f"warning: {sentence}"), err=True)
    for sentence in too_few_tokens(spec.models, spec.prompts) if new else ():
        click.echo(f"warning: {visible(sentence)}", err=True)
    if spec.extends and pinned_spec(bench.home, spec.extends).rubric != spec.rubric:
        sentence = f"{spec.rubric.ref} is another rubric than that of {spec.extends}: no scores are taken over"
        sentence += ", and no old item is judged again" if spec.options.anchors else ""
        click.echo(f"warning: {visible(sentence)}", err=True)
