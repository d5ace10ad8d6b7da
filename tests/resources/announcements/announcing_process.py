"""Notes a check that failed and announces it, and kills itself before a step; see tests.killed_steps."""

from resources.home import Home
from tests.killed_steps import answer_with_forks, kill_before
from tests.resources.announcements.announced_home import AnnouncedHome


def act(home: Home, step: int) -> None:
    """Do both, counting commits and whatever of the home gets its name."""
    made = AnnouncedHome(home.root)
    made.now += 1.0
    kill_before(step, {"os.rename", "os.link"}, made.engine)
    made.check(passed=False)
    made.announcer.announce()


if __name__ == "__main__":
    answer_with_forks(act)
