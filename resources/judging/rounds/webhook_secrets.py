"""The webhook's secrets: from the environment, else one stored in the home, made at first use."""

import secrets

from kit.signed_messages import new_secret
from resources.home import Home


def webhook_secrets(home: Home, given: str | None) -> list[str]:
    """Return secrets as `whsec_` and base64, the newest first; each is accepted, which makes rotation possible.

    `given` is TIPBENCH_WEBHOOK_SECRETS, separated by blanks. Without it `keys/webhook` of the home holds one per line,
    file mode 0600.
    """
    if given and given.split():
        return given.split()
    return home.stored_secret("webhook", lambda: f"{new_secret(secrets.token_bytes)}\n").split()
