from kit.tables.problems import Problem, Problems


def test_all_are_counted_and_a_hundred_kept_by_line() -> None:
    """The listing has a line each, then how many more there are."""
    problems = Problems()
    problems.add(7, "late")
    for line in range(1, 150):
        problems.add(line, "wrong")
    assert (problems.total, len(problems.first())) == (150, 100)
    assert problems.first()[6:8] == [Problem(7, "late"), Problem(7, "wrong")]
    assert problems.listing().endswith("  … and 50 more")
    assert problems.count() == "150 problems"


def test_one_problem_is_one() -> None:
    """In words and in the listing."""
    problems = Problems()
    problems.add(3, "it is odd")
    assert (problems.count(), problems.listing()) == ("1 problem", "  line 3: it is odd")
