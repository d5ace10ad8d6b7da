"""A key management service that speaks the transit protocol of Vault and OpenBao, in a process of its own.

usage: python -m tests.services.integrations.vault.transit_server STATE PORT

STATE is a JSON file with its token and the versions of its keys, which outlive it. It says its port once it listens.
"""

import base64
import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12


def new_state(token: str, *keys: str) -> dict[str, Any]:
    """Return the state of a service with these keys, each of one version."""
    return {"token": token, "keys": {name: [os.urandom(32).hex()] for name in keys}, "oldest": 1}


def respond(state: dict[str, Any], path: str, token: str, body: dict[str, str]) -> tuple[int, dict[str, Any]]:
    """Return status and JSON of a request."""
    if token != state["token"]:
        return 403, {"errors": ["permission denied"]}
    what, _, name = path.removeprefix("/v1/transit/").partition("/")
    versions = state["keys"].get(name)
    if versions is None:
        return 400 if what == "decrypt" else 404, {"errors": ["encryption key not found"]}
    bound = base64.b64decode(body.get("associated_data", ""))
    if what == "encrypt":
        nonce = os.urandom(NONCE_BYTES)
        text = AESGCM(bytes.fromhex(versions[-1])).encrypt(nonce, base64.b64decode(body["plaintext"]), bound)
        number, said = len(versions), base64.b64encode(nonce + text).decode()
        return 200, {"data": {"ciphertext": f"vault:v{number}:{said}", "key_version": number}}
    _, version, stored = body["ciphertext"].split(":", 2)
    number, raw = int(version[1:]), base64.b64decode(stored)
    if number < state["oldest"]:
        return 400, {"errors": ["ciphertext or signature version is disallowed by policy (too old)"]}
    try:
        plain = AESGCM(bytes.fromhex(versions[number - 1])).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], bound)
    except InvalidTag:
        return 400, {"errors": ["cipher: message authentication failed"]}
    return 200, {"data": {"plaintext": base64.b64encode(plain).decode()}}


def main(state: Path, port: int) -> None:
    """Serve until the process is ended."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            token = self.headers.get("X-Vault-Token", "")
            code, said = respond(json.loads(state.read_text()), self.path, token, body)
            content = json.dumps(said).encode()
            self.send_response(code)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        print(server.server_address[1], flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
