import pytest
from markdown_it import MarkdownIt

from resources.steps.summaries import code_span, markdown

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=http://elsewhere.test/i.png onerror=alert(1)>",
    "[press](javascript:alert(1))",
    "![picture](http://elsewhere.test/i.png)",
    "http://elsewhere.test/linked-by-itself",
    "a|b",
    "`code` ``more``",
    "*bold* _leaning_ ~gone~ &lt; \\",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_shown_as_it_is(name: str) -> None:
    """Through the table, another reader of Markdown finds one cell with this text, and no tag, link or picture."""
    tokens = MarkdownIt("gfm-like", {"linkify": False, "html": True}).parse(markdown(["model"], [[code_span(name)]]))
    cells = [token.children or [] for token in tokens if token.type == "inline"]
    assert [[(part.type, part.content) for part in cell] for cell in cells] == [
        [("text", "model")],
        [("code_inline", name)],
    ]
