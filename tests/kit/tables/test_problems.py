from kit.tables.problems import LONGEST, MOST, Problem, Problems


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


def test_what_a_file_holds_makes_neither_a_message_nor_the_list_long() -> None:
    """A message is cut; after 100,000 a reader may stop, and the listing says that the rest was not read."""
    problems = Problems()
    for line in range(MOST - 1):
        problems.add(line, "x" * 5_000)
    assert not problems.enough
    assert {len(problem.message) for problem in problems.first()} == {LONGEST + 1}
    problems.add(MOST, "last")
    assert problems.enough
    assert problems.listing().endswith(f"… and {MOST - 100} more; what follows was not read")
