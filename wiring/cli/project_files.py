"""The files that `tipbench init` makes."""

TIPBENCH_TOML = """\
# A Tipbench project. Every key is optional; what is commented shows the default.

[catalog]
# Which kinds of the packaged catalog this project sees beside its own entries in catalog/.
packaged = ["models", "prompts", "rubrics", "scenarios"]

[defaults]
# What `tipbench run` uses where an option is left out.
# models = ["gemma3-270m", "template"]
# prompts = ["terse"]            # default: all prompts of the catalog
# n_tips = 1
# n_scenarios = 12
# temperature = 0.7
# seed = 0
# rubric = "tips"
# failures = "worst"

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

{{ context }}
"""

GITIGNORE = ".tipbench/\n"

FILES: dict[str, str] = {
    "tipbench.toml": TIPBENCH_TOML,
    "catalog/models.toml": MODELS_TOML,
    "catalog/prompts/my-prompt.md": PROMPT,
    ".gitignore": GITIGNORE,
}
