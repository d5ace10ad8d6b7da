"""A PostgreSQL server of the tests' own, reached by a socket in its folder."""

import contextlib
import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

DEADLINE_S = 60.0


def programs() -> Path | None:
    """The folder of initdb and postgres, None where they are not installed."""
    found = shutil.which("initdb") or next(
        iter(sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin/initdb")))), None
    )
    return None if found is None else Path(found).resolve().parent


@contextlib.contextmanager
def postgres_server(folder: Path) -> Iterator[str]:
    """SQLAlchemy's URL of an empty database; the server refuses root, so it runs as `postgres` where we are root."""
    bin_, user = programs(), _user()
    assert bin_ is not None
    data = folder / "data"
    data.mkdir(parents=True)
    if user is not None:
        for place in (folder, data):
            os.chown(place, user, user)
    run = {"user": user, "group": user, "cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run([bin_ / "initdb", "-D", data, "--no-sync", "-A", "trust", "-U", "tests"], check=True, **run)  # type: ignore[call-overload]  # options in one dictionary
    command = [bin_ / "postgres", "-D", data, "-k", folder, "-h", "", "-F"]
    server = subprocess.Popen(command, **run)  # type: ignore[call-overload]  # options in one dictionary
    try:
        until = time.monotonic() + DEADLINE_S
        ready = [str(bin_ / "pg_isready"), "-h", str(folder), "-U", "tests", "-d", "postgres"]
        while subprocess.run(ready, stdout=subprocess.DEVNULL, check=False).returncode:
            assert time.monotonic() < until, "PostgreSQL did not come up"
            assert server.poll() is None, "PostgreSQL ended"
            time.sleep(0.02)
        yield f"postgresql+psycopg://tests@/postgres?host={folder}"
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait(20)


def _user() -> int | None:
    return pwd.getpwnam("postgres").pw_uid if os.geteuid() == 0 else None
