"""The files that `tipbench init` makes."""

import msgspec

from core.benchmark.spec import OPTIONS
from core.option_info import OptionInfo


def _default(info: OptionInfo) -> str:
    """Return the commented lines of an option: what it does, and its default as tipbench.toml has it."""
    if info.value is None:
        return f"# {info.sentence}\n# {info.name} is not set: {info.default}"
    value = msgspec.json.encode(info.value).decode().replace(",", ", ")  # TOML has these values as JSON has them
    return f"# {info.sentence}\n# {info.name} = {value}"


DEFAULTS = "\n".join(map(_default, OPTIONS.values()))
TIPBENCH_TOML = f"""\
# A Tipbench project. Every key is optional; what is commented shows the default.

[catalog]
# Which kinds of the packaged catalog this project sees beside its own entries in catalog/; add "scenarios" for 63 more.
packaged = ["models", "prompts", "rubrics", "judges"]

[defaults]
# What `tipbench run` uses where an option is left out.
{DEFAULTS}

[checks]
# Limits of `tipbench check` for the leading cell, or for the one named here; none is set.
# cell = "my-model/my-prompt"
# min_score = 3.5                # rubric units; the low end of the score's interval
# max_failures = 0.05            # share of its generations
# max_p95_ms = 5000
# max_cost_per_1k = 0.50         # USD

[up]
# port = 3000
"""

MODELS_TOML = """\
# Models of this project. A key is the name of an environment variable, never the key itself.

[endpoints.my-server]
base_url = "http://127.0.0.1:8080/v1"
# key_env = "MY_SERVER_KEY"
# concurrency = 16
# requests_per_minute = 600
# tokens_per_minute = 100000

[[models]]
name = "my-model"
provider = "openai"
endpoint = "my-server"
model = "default"
local = true
parameters_b = 7
# price_in = 0.10               # USD per million tokens, needed for max_cost on remote models
# price_out = 0.40

[[models]]
name = "judge-model"            # whom the packaged judge puts tips to: --judge prompt-judge; better another one
provider = "openai"
endpoint = "my-server"
model = "default"
local = true
"""

PROMPT = """\
+++
name = "my-prompt"
version = "1"
description = "A first prompt of this project"
mode = "chat"
max_tokens = 96

[cut]
max_sentences = 2
+++
## system
You give one tip of one or two sentences to a person in a situation. No greeting, no list.

## user
{{ situation }}
{% if scenario.budget %}Budget: {{ scenario.budget }}
{% endif %}
{{ context }}
"""

SCENARIOS = """\
id,situation,area,budget
dentist,I put off calling the dentist for the third week.,health,
bus,I miss the bus two mornings a week and pay for a taxi.,travel,20 EUR
guests,Six friends come for dinner on Saturday and I have never cooked for more than two.,food,60 EUR
"""

RUBRIC = """\
name = "my-rubric"
version = "1"
description = "How good is this tip for this person in this situation?"

[scale]
low = 1
high = 5

[[criteria]]
name = "helpful"
description = "Would this person be better off for following it?"
[criteria.anchors]
"1" = "It helps nobody, or harms."
"3" = "It helps a little, as it would help many others."
"5" = "It solves this person's problem."

[[criteria]]
name = "clear"
weight = 0.5
description = "Is it understood at first reading?"
"""

GITIGNORE = ".tipbench/\n"

FILES: dict[str, str] = {
    "tipbench.toml": TIPBENCH_TOML,
    "catalog/models.toml": MODELS_TOML,
    "catalog/prompts/my-prompt.md": PROMPT,
    "catalog/scenarios/my-scenarios.csv": SCENARIOS,
    "catalog/rubrics/my-rubric.toml": RUBRIC,
    ".gitignore": GITIGNORE,
}

OWN = "--models template --prompts my-prompt --rubric my-rubric"
NEXT: tuple[tuple[str, str], ...] = (
    ("catalog scenarios", "what catalog/ holds; every file there is an example to change"),
    ("try template my-prompt", "one rendered prompt and its answer"),
    (f"plan tip-bench-first {OWN}", "what a run would ask for"),
    (f"run tip-bench-first {OWN}", "the run, of the baseline alone"),
    ("leaderboard tip-bench-first", "what came of it, once a judge has answered"),
)
"""Commands that run as they are on the entries above, with what each is for."""
LAST = "then give my-model in catalog/models.toml its address and name it in --models of another experiment"
