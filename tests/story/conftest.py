"""Projects and their models, a served home, and the browser: shared as widely as what a test changes allows."""

import fcntl
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ports import reserved_port
from tests.story.peers.api import Api, served_api
from tests.story.peers.apple import SITE, Authority
from tests.story.peers.browser import Browser, Tab, chromium
from tests.story.peers.model_server import ModelServer, model_server
from tests.story.peers.project import Project, make_project, make_used_home


@pytest.fixture
def server() -> Iterator[ModelServer]:
    """A server of models, ended with the test."""
    with model_server() as running:
        yield running


@pytest.fixture(scope="session")
def used_home(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """A home whose databases exist, made once for all workers, so that no story migrates them anew."""
    shared = tmp_path_factory.getbasetemp()
    if hasattr(request.config, "workerinput"):
        shared = shared.parent
    folder = shared / "used"
    with (shared / "used.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if not (folder / "home").is_dir():
            making = shared / "making"
            making.mkdir()
            make_used_home(making)
            making.rename(folder)
    return folder / "home"


@pytest.fixture
def project(tmp_path: Path, used_home: Path, server: ModelServer) -> Project:
    """A project whose models answer from the test's own server."""
    return make_project(tmp_path, used_home, server.url)


@pytest.fixture(scope="module")
def shared_server() -> Iterator[ModelServer]:
    """A server of models for a file of stories."""
    with model_server() as running:
        yield running


@pytest.fixture(scope="module")
def shared_project(tmp_path_factory: pytest.TempPathFactory, used_home: Path, shared_server: ModelServer) -> Project:
    """A project for a file of stories, which give their experiments names of their own."""
    return make_project(tmp_path_factory.mktemp("shared"), used_home, shared_server.url)


@pytest.fixture(scope="module")
def api(shared_project: Project) -> Iterator[Api]:
    """`tipbench up` on the file's project, and tokens of an admin and of judge anna."""
    with served_api(shared_project) as serving:
        yield serving


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """A certificate authority that the browser trusts."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def site_port() -> Iterator[int]:
    """Where the browser finds our site by its name."""
    with reserved_port() as port:
        yield port


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory, authority: Authority, site_port: int) -> Iterator[Browser]:
    """One Chromium for all tests, which reaches loopback and, by its name, our site."""
    rules = f"MAP {SITE}:443 127.0.0.1:{site_port}, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"
    flags = (
        f"--host-resolver-rules={rules}",
        f"--proxy-bypass-list={SITE}",
        f"--ignore-certificate-errors-spki-list={authority.pin}",
    )
    with chromium(tmp_path_factory.mktemp("chromium"), flags) as running:
        yield running


@pytest.fixture
def tab(browser: Browser) -> Iterator[Tab]:
    """A page that knows nothing of other tests' pages."""
    with browser.tab() as found:
        yield found
