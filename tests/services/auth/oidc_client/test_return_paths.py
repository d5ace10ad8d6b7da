import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.refusals import InvalidInput
from services.auth.oidc_client.return_paths import return_path


@pytest.mark.parametrize("path", ["/", "/graphiql/", "/a?b=c&d=%2C", "/a/b-c_d.e~f", "/a?q=@b:c"])
def test_a_path_of_ours_is_kept(path: str) -> None:
    """As it is."""
    assert return_path(path) == path


SLASHES = ["//e", "///e", "/\\e", "\\\\e", "%2f%2fe", "/%2fe", "/%2Fe", "/%252fe", "/%5ce", "/a//b"]
OTHERS = ["", "a", "https://e", "/a\nb", "/\te", "/é", "/" + "x" * 2_100, "/%zz", "javascript:alert(1)", "/%0d%0aA: b"]


@pytest.mark.parametrize("path", [*SLASHES, *OTHERS])
def test_everything_else_is_refused(path: str) -> None:
    """Also what becomes another site's address when it is unescaped once or twice."""
    with pytest.raises(InvalidInput):
        return_path(path)


@given(st.text(alphabet="/\\%2fF5cC.:@a?#", max_size=12))
def test_what_is_kept_never_starts_another_address(text: str) -> None:
    """Whatever the mixture: one slash at the start, no backslash."""
    try:
        path = return_path(text)
    except InvalidInput:
        return
    assert path.startswith("/")
    assert not path.startswith("//")
    assert "\\" not in path
