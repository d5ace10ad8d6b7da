import os
import stat
from pathlib import Path
from threading import Thread

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from contracts.refusals import Unavailable
from services.auth.tokens.signing_keys import RECHECK_S, Key, KeyRing
from tests.opened_files import counting_opened
from tests.services.auth.conftest import START


def test_the_first_use_makes_a_key_that_only_its_owner_reads(tmp_path: Path) -> None:
    """File 0600 in a folder 0700, and the same key afterwards; looking alone makes none."""
    folder = tmp_path / "keys"
    assert KeyRing(folder).verifying("any", 1000.0) is None
    assert not folder.exists()
    made = KeyRing(folder).signing(1000.0)
    (path,) = folder.iterdir()
    assert path.name == f"jwt-{made.kid}.pem"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert KeyRing(folder).signing(2000.0).kid == made.kid


def test_rotation_signs_anew_and_ends_the_old_key_later(tmp_path: Path) -> None:
    """Another process's ring follows at once; the old key verifies until its end, not after."""
    ring, other = KeyRing(tmp_path), KeyRing(tmp_path)
    old = ring.signing(1000.0)
    new = ring.rotate(2000.0, 500.0)
    assert other.signing(2001.0).kid == new.kid != old.kid
    assert other.verifying(old.kid, 2499.0) is not None
    assert other.verifying(old.kid, 2500.0) is None
    assert other.verifying(new.kid, 1e9) is not None


def test_an_end_that_is_no_number_ends_the_key(tmp_path: Path) -> None:
    """A damaged end is taken as the safe one."""
    ring = KeyRing(tmp_path)
    old = ring.signing(1000.0)
    (tmp_path / f"jwt-{old.kid}.until").write_text("soon")
    assert ring.verifying(old.kid, 0.0) is None
    assert ring.signing(3000.0).kid != old.kid


def test_files_that_hold_no_key_of_ours_are_passed_over(tmp_path: Path) -> None:
    """Rubbish, another algorithm's key and odd names verify and sign nothing."""
    (tmp_path / "jwt-rubbish.pem").write_text("not a key")
    curve = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "jwt-zz.pem").write_bytes(curve)
    (tmp_path / "jwt-a b.pem").write_bytes(curve)
    ring = KeyRing(tmp_path)
    assert ring.verifying("rubbish", 0.0) is None
    assert ring.verifying("zz", 0.0) is None
    assert ring.signing(1000.0).kid.startswith("0")


def test_a_key_that_is_no_longer_there_verifies_nothing(tmp_path: Path) -> None:
    """At once, though it was read before."""
    ring = KeyRing(tmp_path)
    old = ring.signing(1000.0)
    (tmp_path / f"jwt-{old.kid}.pem").unlink()
    assert ring.verifying(old.kid, 1000.0) is None


def test_other_bytes_are_another_key_however_the_file_looks(tmp_path: Path) -> None:
    """A file that is restored with its old time and its inode is read again; until then it is read once."""
    at = [0.0]
    ring = KeyRing(tmp_path, clock=lambda: at[0])
    old = ring.signing(1000.0)
    path = tmp_path / f"jwt-{old.kid}.pem"
    found = path.stat()
    KeyRing(tmp_path / "other").signing(1000.0)
    (other,) = (tmp_path / "other").iterdir()
    with counting_opened() as opened:
        assert all(ring.verifying(old.kid, 1000.0) for _ in range(9))
    assert opened[path.name] == 1
    path.write_bytes(other.read_bytes())
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (found.st_ino, found.st_mtime_ns)
    at[0] += RECHECK_S
    new = ring.verifying(old.kid, 1000.0)
    assert new is not None
    assert new.private.private_bytes_raw() != old.private.private_bytes_raw()


def test_a_folder_that_cannot_be_read_is_unavailable_not_a_refusal(tmp_path: Path) -> None:
    """Nobody is told that a good token is bad because of a disk."""
    (tmp_path / "keys").write_text("a file where the folder should be")
    ring = KeyRing(tmp_path / "keys")
    with pytest.raises(Unavailable, match="keys folder"):
        ring.verifying("any", 0.0)
    with pytest.raises(Unavailable, match="keys folder"):
        ring.signing(0.0)


def test_parallel_first_uses_agree_on_one_key(tmp_path: Path) -> None:
    """Threads of one process make one key."""
    ring, made = KeyRing(tmp_path), list[Key]()
    threads = [Thread(target=lambda: made.append(ring.signing(1000.0))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({key.kid for key in made}) == 1
    assert len(list(tmp_path.iterdir())) == 1


def test_a_key_does_not_show_itself(tmp_path: Path) -> None:
    """The record's text has the id only."""
    assert "private" not in repr(KeyRing(tmp_path).signing(1000.0))


def test_a_rotated_key_is_published_before_it_signs(tmp_path: Path) -> None:
    """Published at once, signs after the wait; the old one signs until then and verifies for its tokens' life."""
    ring, other = KeyRing(tmp_path), KeyRing(tmp_path)
    old = ring.signing(1000.0)
    new = ring.rotate(2000.0, 500.0, 360.0)
    assert [key.kid for key in other.published(2000.0)] == [old.kid, new.kid]
    assert other.signing(2359.0).kid == old.kid
    assert other.signing(2360.0).kid == new.kid
    assert other.verifying(old.kid, 2859.0) is not None
    assert [key.kid for key in other.published(2860.0)] == [new.kid]
    assert other.signing(2860.0).kid == new.kid


def test_rotating_twice_leaves_somebody_to_sign(tmp_path: Path) -> None:
    """While both successors wait the first key signs, afterwards the last one."""
    ring = KeyRing(tmp_path)
    first = ring.signing(1000.0)
    ring.rotate(2000.0, 500.0, 360.0)
    last = ring.rotate(2001.0, 500.0, 360.0)
    assert ring.signing(2002.0).kid == first.kid
    assert ring.signing(2361.0).kid == last.kid


def test_a_first_moment_that_is_no_number_never_comes(tmp_path: Path) -> None:
    """A damaged wait is taken as the safe one: another key signs."""
    ring = KeyRing(tmp_path)
    old = ring.signing(1000.0)
    new = ring.rotate(2000.0, 500.0, 360.0)
    (tmp_path / f"jwt-{new.kid}.from").write_text("soon")
    assert ring.signing(2300.0).kid == old.kid
    assert ring.signing(3000.0).kid not in {old.kid, new.kid}


def test_a_file_that_is_deleted_while_the_folder_is_read_takes_no_other_key_along(tmp_path: Path) -> None:
    """Nobody signs with a new key, and what the others signed holds; a link into nothing is such a file."""
    ring = KeyRing(tmp_path)
    key = ring.signing(START)
    (tmp_path / "jwt-deleted.pem").symlink_to(tmp_path / "nothing")
    assert ring.signing(START).kid == key.kid
    assert ring.verifying(key.kid, START) is not None
    assert [each.kid for each in ring.published(START)] == [key.kid]
