"""The serving process is killed while a model is being asked: users are answered, and texts come once it is back."""

import threading
from pathlib import Path
from tempfile import TemporaryDirectory

from contracts.tips.catalog import TipCatalog
from resources.rpc.internal_tokens import signing_key
from services.recommender.settings import AheadTable
from services.recommender.tables import SERVED, TEXTS
from tests.deadline import DEADLINE_S
from tests.resources.serving.process import serving_process
from tests.resources.tips.writers import Writers
from tests.services.recommender.world import World, cell
from tests.story.peers.model_server import model_server
from tests.story.peers.up import wait_for
from wiring.modules.remote import remote_service

CELLS = TipCatalog((cell("terse", "plain"), cell("coach", "plain")), fallback=False)


def test_a_killed_serving_process_takes_no_answer_with_it(tmp_path: Path) -> None:
    """Judged texts serve while it is away; nothing half is stored; a new process writes what is wanted then."""
    world = World(tmp_path / "home")
    signing_key(world.home)
    writers = Writers(world.home, tmp_path / "project", world.sealer)
    with TemporaryDirectory(prefix="tipbench-") as folder, model_server() as peer:
        writers.says(peer.url, "local = true\n")
        at = Path(folder) / "serving.sock"
        writer = writers.writer(remote_service(world.home, "serving", f"unix:{at}"))
        world.recommender = world.module(CELLS, writer, ahead=AheadTable(cells=2))
        peer.held_from = 0
        with serving_process(world.home, writers.project, at) as process:
            assert world.ask(area="sleep", mood="weary").tips
            writing = threading.Thread(target=world.recommender.write_ahead)
            writing.start()
            wait_for(lambda: peer.at_once, process)
            process.kill()
            writing.join(DEADLINE_S)
        assert not writing.is_alive()
        peer.held_from = None
        assert (world.rows(TEXTS), {row.source for row in world.rows(SERVED)}) == ([], {"judged"})
        away = world.ask(area="sleep", mood="weary")
        assert (away.fallback, away.tips[0].text.startswith("Write three")) == (False, False)
        assert world.recommender.write_ahead()
        assert world.rows(TEXTS) == []
        with serving_process(world.home, writers.project, at):
            world.ask(area="sleep", mood="weary")
            assert world.recommender.write_ahead()
        assert [row.fault for row in world.rows(TEXTS)] == ["", ""]
        found = world.ask(area="sleep", mood="weary")
        assert found.tips[0].text.startswith("Write three lines about step")
        assert [row.source for row in world.rows(SERVED)].count("ahead") == 1
        assert "user-a" not in str(peer.bodies)
        assert world.home.storage.blobs.list("recommender/ahead") == []
    world.close()
