"""The webhook's secrets: from the environment, else one kept in the home, made at first use."""

import base64
import os
import secrets

from resources.home import Home

PREFIX = "whsec_"


def webhook_secrets(home: Home, given: str | None) -> list[str]:
    """Secrets as `whsec_` and base64, the newest first; each is accepted, which makes rotation possible.

    `given` is TIPBENCH_WEBHOOK_SECRETS, separated by blanks. Without it `keys/webhook` of the home holds one a line,
    file mode 0600.
    """
    if given and given.split():
        return given.split()
    folder = home.root / "keys"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / "webhook"
    if not path.exists():
        fresh = folder / f".webhook.{os.getpid()}.{secrets.token_hex(4)}"
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(PREFIX + base64.b64encode(secrets.token_bytes(32)).decode() + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass  # another process was first: its secret counts
        finally:
            fresh.unlink()
    return path.read_text().split()
