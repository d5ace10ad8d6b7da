from kit.tables.fences import fenced


def test_what_stands_inside_keeps_its_lines() -> None:
    """Text around it becomes empty lines; several blocks are one text."""
    found = fenced(b"Hello\n\n```json\n{1}\n```\nand\n~~~~\n{2}\n~~~~\n", lambda line: line.startswith(b"{"))
    assert found is not None
    assert [line for line in found.text.split(b"\n") if line.strip()] == [b"{1}", b"{2}"]
    assert found.text.split(b"\n")[3] == b"{1}"
    assert found.read_over == ("a Markdown fence", "the text around it")


def test_a_fence_alone_and_one_that_is_not_closed() -> None:
    """Neither has text around it."""
    for text in (b"```\n{1}\n```\n", b"```\n{1}\n"):
        found = fenced(text, bool)
        assert found is not None
        assert found.text.strip() == b"{1}"
        assert found.read_over == ("a Markdown fence",)


def test_other_blocks_are_left_out() -> None:
    """A command beside the answers; with nothing but that there is no fence."""
    text = b"```sh\nls\n```\n```\n{1}\n```\n"
    found = fenced(text, lambda line: line.startswith(b"{"))
    assert found is not None
    assert found.text.split() == [b"{1}"]
    assert fenced(b"```sh\nls\n```\n", lambda line: line.startswith(b"{")) is None
    assert fenced(b"no fence", bool) is None


def test_a_longer_fence_holds_a_shorter_one() -> None:
    """It is closed by one as long as its own."""
    found = fenced(b"````\n{1}\n```\n{2}\n````\nend", bool)
    assert found is not None
    assert found.text.split() == [b"{1}", b"```", b"{2}"]
