from hypothesis import given
from hypothesis import strategies as st

from core.canonical import canonical, content_hash

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), JSON, max_size=6))
def test_the_order_of_keys_changes_nothing(value: dict[str, object]) -> None:
    """Equal content in another key order has the same hash."""
    turned = dict(reversed(value.items()))
    assert content_hash(value) == content_hash(turned)


def test_the_form_is_compact_utf8() -> None:
    """Sorted keys, no white space, characters as they are."""
    assert canonical({"b": [1, None], "a": "é"}) == '{"a":"é","b":[1,null]}'.encode()
