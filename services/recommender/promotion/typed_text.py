"""Text that an admin typed: what a database cannot hold is found before it is stored or looked for."""


def is_storable(text: str) -> bool:
    """Return whether every database can hold a text: there is no NUL in it, and no half of a surrogate pair."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)
