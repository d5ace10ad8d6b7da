"""Writes promptfoo.json, .jsonl and .csv: python make_promptfoo.py NODE_MODULES/.bin/promptfoo. Made with 0.121.20.

Two providers, one of our own and `echo`, two prompts and three tests, which the program evaluates without a network; of
our provider's answers one is an error and one comes from the cache.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
PROVIDER = """
module.exports = class {
  id() { return 'our-provider'; }
  async callApi(prompt, context) {
    if (context.vars.id === 's3' && prompt.startsWith('You')) return { error: 'overloaded' };
    return {
      output: `Walk, then rest (${context.vars.id}, ${prompt.length}).`,
      tokenUsage: { total: 30, prompt: 20, completion: 10 }, cost: 0.0004, cached: context.vars.id === 's2',
    };
  }
};
"""
CONFIG = {
    "description": "tips",
    "prompts": ["file://prompts/short.txt", {"id": "file://prompts/kind.txt", "label": "kind"}],
    "providers": [{"id": "file://provider.js", "label": "north"}, "echo"],
    "tests": [
        {
            "vars": {"id": "s1", "situation": "I cannot sleep, case 1"},
            "assert": [
                {"type": "contains", "value": "rest", "metric": "mentions_rest"},
                {"type": "javascript", "value": "output.length / 100", "metric": "length"},
            ],
        },
        {
            "vars": {"id": "s2", "situation": 'Ünïcode; "quoted", case 2'},
            "assert": [
                {"type": "contains", "value": "walk", "metric": "mentions_rest"},
                {"type": "javascript", "value": "output.length / 100", "metric": "length"},
            ],
        },
        {"description": "third", "vars": {"id": "s3", "situation": "I cannot sleep, case 3"}},
    ],
}


def main() -> None:
    """Evaluate once in a folder of its own and keep the three files."""
    program = Path(sys.argv[1]).absolute()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "prompts").mkdir()
        (folder / "prompts" / "short.txt").write_text("Give {{situation}} a tip")
        (folder / "prompts" / "kind.txt").write_text("You are kind.\nTip for {{situation}}")
        (folder / "provider.js").write_text(PROVIDER)
        (folder / "promptfooconfig.json").write_text(json.dumps(CONFIG))
        own = {
            "PROMPTFOO_DISABLE_TELEMETRY": "1",
            "PROMPTFOO_DISABLE_UPDATE": "1",
            "PROMPTFOO_CONFIG_DIR": f"{name}/own",
        }
        files = [f"promptfoo.{ending}" for ending in ("json", "jsonl", "csv")]
        outputs = [part for file in files for part in ("-o", file)]
        command = [str(program), "eval", "-c", "promptfooconfig.json", "--no-cache", "--no-table", *outputs]
        subprocess.run(command, cwd=folder, env={**os.environ, **own}, check=False)  # failed tests end with 100
        for file in files:
            (HERE / file).write_text((folder / file).read_text("utf-8").replace(name, "."), "utf-8")


if __name__ == "__main__":
    main()
