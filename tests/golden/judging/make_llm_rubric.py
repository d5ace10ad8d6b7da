"""Writes llm_rubric.json: python make_llm_rubric.py NODE_MODULES/.bin/promptfoo. Made with promptfoo 0.121.20.

Its whole `eval` grades tips by two `llm-rubric` assertions of weights 1 and 2; their grader is a server in this process
that replays a written answer for each tip and assertion. An answer holds what either reads: `score` and `scores`.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
RUBRICS = {"clear": ("The tip is easy to understand", 1), "fitting": ("The tip fits the situation", 2)}
CLEAR = {"reason": "Short words.", "pass": True, "score": 4, "scores": {"clear": 4}}
FITTING = {"reason": "It fits.", "pass": True, "score": 3.5, "scores": {"fitting": 3.5}}


def clear(value: Any) -> str:
    """An answer on the first criterion."""
    return json.dumps({**CLEAR, "score": value, "scores": {"clear": value}})


FORMS = {
    "plain": json.dumps(CLEAR),
    "low": clear(1),
    "high": clear(5),
    "half": clear(2.5),
    "fence": f"```json\n{json.dumps(CLEAR, indent=1)}\n```",
    "prose around": f"Here is my view.\n{json.dumps(CLEAR)}\nThat is all.",
    "same twice": f"{json.dumps(CLEAR)}\n{json.dumps(CLEAR)}",
    "number as text": clear("4"),
    "reasoning before": f"<think>It may be hard to read.</think>{json.dumps(CLEAR)}",
    "out of the high": clear("4/5"),
    "out of ten": clear("4/10"),
    "word": clear("good"),
    "no number": json.dumps({"reason": "Short words.", "pass": True}),
    "above the scale": clear(7),
    "below the scale": clear(0),
    "objects that differ": f"{json.dumps(CLEAR)} or {clear(2)}",
    "another in the reasoning": f"<think>{clear(1)} is too low</think>{json.dumps(CLEAR)}",
    "cut off": json.dumps(CLEAR)[:-20],
    "prose alone": "I give it 4 out of 5.",
    "refusal": "I cannot judge advice about health.",
}


def tip_of(form: str) -> str:
    """The text of the tip whose first grade has this form."""
    return f"Walk ten minutes before breakfast, as in case {list(FORMS).index(form) + 100}."


class Replay(BaseHTTPRequestHandler):
    """An OpenAI-compatible server that knows the tips and what was answered to them."""

    def do_POST(self) -> None:
        """Answer with what is written for the tip and the assertion in the request."""
        request = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = next(form for form in FORMS if tip_of(form) in request)
        text = FORMS[form] if RUBRICS["clear"][0] in request else json.dumps(FITTING)
        message = {"role": "assistant", "content": text}
        usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        body = json.dumps({"id": "x", "object": "chat.completion", "choices": [choice], "usage": usage}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def graded(program: Path, folder: Path, url: str) -> list[dict[str, Any]]:
    """What promptfoo's evaluation says of each tip."""
    grader = {"id": "openai:chat:judge", "config": {"apiBaseUrl": url, "apiKey": "none"}}
    asserts = [
        {"type": "llm-rubric", "value": text, "metric": name, "weight": weight, "provider": grader}
        for name, (text, weight) in RUBRICS.items()
    ]
    tests = [{"vars": {"form": form, "tip": tip_of(form)}, "assert": asserts} for form in FORMS]
    config = {"prompts": ["{{tip}}"], "providers": ["echo"], "tests": tests}
    (folder / "promptfooconfig.json").write_text(json.dumps(config))
    own = {"PROMPTFOO_DISABLE_TELEMETRY": "1", "PROMPTFOO_DISABLE_UPDATE": "1", "PROMPTFOO_CONFIG_DIR": f"{folder}/own"}
    command = [str(program), "eval", "-c", "promptfooconfig.json", "--no-cache", "--no-table", "-o", "out.json"]
    subprocess.run(command, cwd=folder, env={**os.environ, **own}, check=False)  # failed tests end with 100
    found: list[dict[str, Any]] = json.loads((folder / "out.json").read_text())["results"]["results"]
    return found


def main() -> None:
    """Evaluate once, and keep each answer with what promptfoo made of it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Replay)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as name:
        url = f"http://127.0.0.1:{server.server_address[1]}/v1"
        results = graded(Path(sys.argv[1]).absolute(), Path(name), url)
    server.shutdown()
    tips = {}
    for result in results:
        parts = {}
        for part in result["gradingResult"]["componentResults"]:
            parts[part["assertion"]["metric"]] = {key: part[key] for key in ("pass", "score", "reason")}
        form = result["vars"]["form"]
        raw = {"clear": FORMS[form], "fitting": json.dumps(FITTING)}
        tips[form] = {"tip": result["vars"]["tip"], "raw": raw, "parts": parts, "score": result["score"]}
    weights = {name: weight for name, (_, weight) in RUBRICS.items()}
    said = {"promptfoo": "0.121.20", "weights": weights, "tips": {form: tips[form] for form in FORMS}}
    (HERE / "llm_rubric.json").write_text(json.dumps(said, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
