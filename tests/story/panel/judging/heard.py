"""All that reaches a browser, as it is and out of the codings that could hide a word in it."""

import base64
import binascii
import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

from playwright.sync_api import APIResponse, Error, Page, Response, WebSocket

_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})")
_CODED = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}")
DEPTH = 3
"""Codings within each other that are looked through."""


@dataclass
class Heard:
    """Bodies after decompression, headers, addresses and frames of everything that a page got."""

    texts: list[tuple[str, str]] = field(default_factory=list)
    """Where from, and the text."""
    responses: list[Response] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        """Begin to keep."""
        page.on("response", self._keep)
        page.on("websocket", self._follow)

    def _keep(self, response: Response) -> None:
        self.responses.append(response)

    def _follow(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: self.texts.append((socket.url, _text(frame))))

    def answered(self, answer: APIResponse) -> None:
        """Keep what a request got that was made beside the page, with the page's cookies."""
        headers = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
        self.texts += [(f"headers of {answer.url}", headers), (answer.url, _text(answer.body()))]

    def whole(self) -> list[tuple[str, str]]:
        """Everything by now; asked before the page goes on to another document, with which bodies are let go."""
        for response in self.responses:
            headers = "\n".join(f"{name}: {value}" for name, value in response.all_headers().items())
            self.texts.append((f"headers of {response.url}", headers))
            try:
                self.texts.append((response.url, _text(response.body())))
            except Error:  # a redirect has none
                continue
        self.responses.clear()
        return self.texts


def _text(content: str | bytes) -> str:
    return content if isinstance(content, str) else content.decode("utf-8", "replace")


def forms(text: str, depth: int = DEPTH) -> Iterator[str]:
    """The text, and what is in it by escapes of JSON, HTML and addresses, and by Base64, each within the other."""
    yield text
    if depth == 0:
        return
    plain = {_ESCAPE.sub(lambda found: chr(int(found[1] or found[2], 16)), text), html.unescape(text), unquote(text)}
    for other in plain - {text}:
        yield from forms(other, depth - 1)
    for coded in set(_CODED.findall(text)):
        decoded = _decoded(coded)
        if decoded:
            yield from forms(decoded, depth - 1)


def _decoded(coded: str) -> str:
    """What Base64 of either alphabet holds if it is text, else nothing."""
    bare = coded.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4)).decode("utf-8")
    except (binascii.Error, ValueError):
        return ""


def found_in(texts: Sequence[tuple[str, str]], words: Sequence[str]) -> list[tuple[str, str]]:
    """Which of these words stand where, in small or capital letters."""
    wanted = {word: word.casefold() for word in words}
    found = set()
    for where, text in texts:
        for form in forms(text):
            folded = form.casefold()
            found |= {(where, word) for word, small in wanted.items() if small in folded}
    return sorted(found)
