from core.scoring import checks


def test_complete_needs_every_generation_to_be_final() -> None:
    """One missing generation fails the check and the message says how many failed for now."""
    assert checks.complete(10, 10, 0).passed
    failed = checks.complete(10, 8, 1)
    assert not failed.passed
    assert failed.severity == "error"
    assert "2 of 10" in failed.message


def test_complete_tells_what_failed_for_now_from_what_is_not_set_up() -> None:
    """Both counts stand in the message."""
    assert "1 failed for now, 2 because their model is not set up right" in checks.complete(10, 7, 1, 2).message


def test_complete_says_what_one_of_the_failures_was() -> None:
    """At most 200 characters of it, behind the counts."""
    message = checks.complete(10, 8, 2, said="503: overloaded " + "x" * 500).message
    assert "; one of them: 503: overloaded x" in message
    assert len(message) < 400
    assert "one of them" not in checks.complete(10, 8, 2).message


def test_a_cell_that_fails_often_is_an_error_and_the_share_can_be_set() -> None:
    """More than a fifth of a cell's generations; at the limit it still passes."""
    assert checks.failures({"a/x": (2, 10)}).passed
    result = checks.failures({"a/x": (0, 10), "b/y": (3, 10)})
    assert (result.passed, result.severity) == (False, "error")
    assert "b/y (30%)" in result.message
    assert checks.failures({"b/y": (3, 10)}, 0.5).passed
    assert not checks.failures({"b/y": (1, 10)}, 0.0).passed


def test_tips_that_are_cut_off_are_a_warning() -> None:
    """More than one in twenty of a cell."""
    assert checks.cut_tips({"a/x": (1, 20)}).passed
    result = checks.cut_tips({"a/x": (2, 20)})
    assert (result.passed, result.severity) == (False, "warning")


def test_a_generation_twice_is_an_error() -> None:
    """The same (cell, scenario, tip) may stand once."""
    assert checks.unique([(0, 0, 0), (0, 0, 1)]).passed
    assert not checks.unique([(0, 0, 0), (0, 0, 0)]).passed


def test_shares_are_judged_by_cell() -> None:
    """One bad cell among good ones is a warning that names it."""
    result = checks.blank_tips({"a/x": (0, 100), "b/y": (10, 100)})
    assert not result.passed
    assert result.severity == "warning"
    assert "b/y" in result.message
    assert checks.blank_tips({"a/x": (5, 100)}).passed


def test_repeated_tips_are_counted_beyond_the_first() -> None:
    """Four tips of which three are equal hold two repetitions."""
    result = checks.identical_tips({"a/x": ["one", "one", "one", "two"]})
    assert result.numbers["found"] == 2
    assert not result.passed


def test_strays_and_hidden_names_are_found() -> None:
    """A score without an item is an error, a tip with its model's name a warning."""
    assert not checks.traceable(5, ["abc"]).passed
    assert checks.traceable(5, []).passed
    assert not checks.hidden_names({"id": ["Gemma"]}).passed
    assert checks.hidden_names({}).passed


def test_recomputed_finds_any_differing_number() -> None:
    """A change in the ninth digit passes, one in the sixth is named with its place."""
    row = {"score": 3.25, "criteria": {"clear": {"low": 1.0}}, "marks": []}
    near = {"score": 3.25 * (1 + 1e-12), "criteria": {"clear": {"low": 1.0}}, "marks": []}
    assert checks.recomputed([row], [near]).passed
    far = {"score": 3.25, "criteria": {"clear": {"low": 1.00001}}, "marks": []}
    assert "criteria.clear.low" in checks.recomputed([row], [far]).message
    assert not checks.recomputed([row], []).passed
    assert not checks.recomputed([{"score": None}], [{"score": 0.0}]).passed


def test_another_version_of_the_estimator_is_a_warning_and_says_what_to_do() -> None:
    """Digits of two versions are not compared, and nothing is blocked by them."""
    found = checks.other_estimator(1, 2)
    assert (found.name, found.passed, found.severity) == ("recomputed", False, "warning")
    assert "publish again" in found.message


def test_coverage_names_the_least_covered_cell() -> None:
    """Below 90 % in any cell is a warning."""
    assert checks.coverage({"a/x": 0.9}).passed
    assert "b/y" in checks.coverage({"a/x": 1.0, "b/y": 0.5}).message
