"""The pace of a collecting run."""

from resources.collect.progress import ModelProgress, Pace, Progress


def _progress(fast: int, slow: int, *, stopped: bool = False) -> Progress:
    models = (ModelProgress("fast", fast, 100), ModelProgress("slow", slow, 50, stopped))
    return Progress(fast + slow, 150, models=models)


def test_the_slowest_model_decides_on_the_time_left() -> None:
    """Models are asked side by side: 40 at 0.5/s need 80 s, however fast the other is; what was there is no pace."""
    pace = Pace(_progress(20, 5), began_at=100.0)
    assert pace.left_s(_progress(60, 10), at=110.0) == 80.0
    assert pace.rate(_progress(60, 10), at=110.0) == 4.5
    assert pace.left_s(_progress(100, 10), at=110.0) == 80.0
    assert pace.rate(_progress(100, 10), at=110.0) == 0.5
    assert pace.left_s(_progress(100, 50), at=110.0) == 0.0


def test_what_cannot_be_reckoned_is_none() -> None:
    """Before a model's first outcome nobody knows; a model that is stopped is not waited for."""
    pace = Pace(_progress(0, 0), began_at=0.0)
    assert pace.rate(_progress(0, 0), at=5.0) is None
    assert pace.left_s(_progress(50, 0), at=5.0) is None
    assert pace.left_s(_progress(50, 0, stopped=True), at=5.0) == 5.0
