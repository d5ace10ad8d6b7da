"""MLflow's server as a child process on demand, reached over its Unix socket with a secret made for this start."""

import secrets
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import aiohttp
from yarl import URL

from contracts.processes import Fetched
from kit.child_environment import needed
from resources.home import Home
from wiring.processes.children import Child, end_all
from wiring.processes.mlflow_child import SECRET_ENV, SECRET_HEADER

ANSWER_S = 60.0
LOOK_S = 2.0
CHUNK = 65_536


class MlflowOnDemand:
    """Implements contracts.processes.OnDemandProcess."""

    def __init__(self, home: Home, environ: Mapping[str, str], folder: Path, socket: Path) -> None:
        self._secret = secrets.token_urlsafe(32)
        self._socket = socket
        database, artifacts = f"sqlite:///{home.mlflow / 'mlflow.db'}", (home.mlflow / "artifacts").as_uri()
        self.child = Child(
            "MLflow",
            ["mlflow", database, artifacts, str(socket)],
            {**needed(environ), SECRET_ENV: self._secret},
            folder,
            home.root / "logs" / "mlflow.log",
        )
        self._session: aiohttp.ClientSession | None = None

    def start(self) -> None:
        """Start MLflow unless it runs; its old socket file is deleted first."""
        if not self.child.runs:
            self._socket.unlink(missing_ok=True)
            self.child.start()

    async def running(self) -> bool:
        """Return whether the health path answers 200 within `LOOK_S` seconds."""
        if not self._socket.exists():
            return False
        try:
            answer = await self._ask("GET", "/mlflow/health", {}, b"", LOOK_S)
        except OSError:
            return False
        answer.release()
        return answer.status == 200

    def stop(self) -> None:
        """Stop MLflow if it runs, and wait for its end."""
        if self.child.runs:
            end_all([self.child])

    async def close(self) -> None:
        """Stop MLflow, close the HTTP session and delete the socket file."""
        if self._session is not None:
            await self._session.close()
        self.stop()
        self._socket.unlink(missing_ok=True)

    async def fetch(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Fetched:
        """Send the request to MLflow and return its response; raise OSError without one within `ANSWER_S` seconds."""
        answer = await self._ask(method, target, headers, body, ANSWER_S)
        answered = [(name.lower(), value) for name, value in answer.headers.items()]
        return Fetched(answer.status, answered, _body(answer))

    async def _ask(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes, within_s: float
    ) -> aiohttp.ClientResponse:
        if self._session is None:
            connector = aiohttp.UnixConnector(str(self._socket))
            self._session = aiohttp.ClientSession(connector=connector, auto_decompress=False)
        sent = {**headers, SECRET_HEADER.decode(): self._secret, "accept-encoding": "identity"}
        url = URL(f"http://mlflow{target}", encoded=True)
        timeout = aiohttp.ClientTimeout(total=within_s)
        try:
            return await self._session.request(
                method, url, headers=sent, data=body or None, allow_redirects=False, timeout=timeout
            )
        except (aiohttp.ClientError, TimeoutError) as error:
            raise OSError("MLflow does not answer") from error


async def _body(answer: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    async with answer:
        async for chunk in answer.content.iter_chunked(CHUNK):
            yield chunk
