"""The keys that hold what is personal: the users' own, and the one by which identities are looked up."""

from dataclasses import dataclass, field

from contracts.sealing import Sealer
from resources.home import Home
from resources.sealing import open_user_keys


@dataclass(frozen=True)
class HouseKeys:
    """What modules and migrations seal with."""

    sealer: Sealer = field(repr=False)
    identity_key: bytes = field(repr=False)


def house_keys(home: Home) -> HouseKeys:
    """Those of the home, made at first use; they belong to its database and are lost for good with their files."""
    return HouseKeys(open_user_keys(home), home.secret("identities"))
