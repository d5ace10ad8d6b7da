"""MLflow's server as a child that sleeps, asked over its Unix socket with the secret of this start."""

import secrets
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import aiohttp
from yarl import URL

from contracts.processes import Fetched
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
            {**environ, SECRET_ENV: self._secret},
            folder,
            home.root / "logs" / "mlflow.log",
        )
        self._session: aiohttp.ClientSession | None = None

    def wake(self) -> None:
        """Start it unless it runs."""
        if not self.child.runs:
            self._socket.unlink(missing_ok=True)
            self.child.start()

    async def awake(self) -> bool:
        """Return whether it answers now."""
        if not self._socket.exists():
            return False
        try:
            answer = await self._ask("GET", "/mlflow/health", {}, b"", LOOK_S)
        except OSError:
            return False
        answer.release()
        return answer.status == 200

    def sleep(self) -> None:
        """Stop the process now."""
        if self.child.runs:
            end_all([self.child])

    async def close(self) -> None:
        """End it for good."""
        if self._session is not None:
            await self._session.close()
        self.sleep()
        self._socket.unlink(missing_ok=True)

    async def fetch(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Fetched:
        """Ask it; OSError when it is gone."""
        answer = await self._ask(method, target, headers, body, ANSWER_S)
        kept = [(name.lower(), value) for name, value in answer.headers.items()]
        return Fetched(answer.status, kept, _body(answer))

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
