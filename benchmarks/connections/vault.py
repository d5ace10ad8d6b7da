"""CPU time of opening a secret of the vault, over the bare AES-256-GCM of the same secret.

usage: python -m benchmarks.connections.vault [--rounds N]

The vault reads the wrapped key's header, unwraps the data key, binds the secret to its place and opens it; bare is one
decryption by a cipher that is ready. The median of five.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.integrations.vault.encryption_keys import EncryptionKeys
from services.integrations.vault.vault import Place, Vault

SECRET = b"https://calendar.example/private-" + b"x" * 64 + b"/basic.ics"
PLACE = Place("user-0123456789abcdef", "icalendar", "3b241101-e2bb-4255-8caf-4136c566a962", "grant")
NONCE = b"n" * 12
TRIES = 5


def seconds_of(call: Callable[[], object], rounds: int) -> float:
    """Return the median CPU time of a call, in seconds."""
    taken = []
    for _ in range(TRIES):
        begun = time.process_time()
        for _ in range(rounds):
            call()
        taken.append((time.process_time() - begun) / rounds)
    return statistics.median(taken)


def main() -> None:
    """Print both in microseconds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20_000)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        keys = EncryptionKeys(Path(folder))
        keys.make(time.time())
        vault, cipher = Vault(keys), AESGCM(b"k" * 32)
        sealed, bare = vault.seal(PLACE, SECRET), cipher.encrypt(NONCE, SECRET, b"bound")
        opened = seconds_of(lambda: vault.open(PLACE, sealed.data_key, sealed.sealed), rounds)
        plain = seconds_of(lambda: cipher.decrypt(NONCE, bare, b"bound"), rounds)
    print(f"open {opened * 1e6:.1f} us, bare {plain * 1e6:.1f} us, above it {(opened - plain) * 1e6:.1f} us")


if __name__ == "__main__":
    main()
