"""What the interface raises, and of what it warns."""


class Error(Exception):
    """Every error of the interface; its text is the sentence that the command line would print.

    `exit_code` is the command's: 1 a check failed, 2 wrong input, 3 done in part and to be tried again, 70 a defect.
    """

    def __init__(self, sentence: str, exit_code: int) -> None:
        super().__init__(sentence)
        self.exit_code = exit_code


class BenchWarning(UserWarning):
    """What may be wrong with a launch, or did not work and does no harm to the results."""
