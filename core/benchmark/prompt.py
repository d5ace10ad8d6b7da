"""A prompt: the messages or text that ask a model for a tip, and what is cut from the answer."""

from typing import Literal

import msgspec

from core.canonical import content_hash

Role = Literal["system", "user", "assistant"]


class PromptMessage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One turn; `content` is a template over the variables of docs/prompt-format.md."""

    role: Role
    content: str


class Cut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is cut from a raw answer, in this order, to leave the tip."""

    prefixes: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    first_line: bool = False
    max_sentences: int | None = None
    quotes: bool = True


class Prompt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A prompt version; mode `completion` has one message of role user whose content is the text to continue."""

    name: str
    version: str
    description: str
    mode: Literal["chat", "completion"]
    messages: tuple[PromptMessage, ...]
    examples: tuple[dict[str, str], ...] = ()
    stop: tuple[str, ...] = ()
    max_tokens: int = 96
    cut: Cut = Cut()

    @property
    def ref(self) -> str:
        """Return `name@version`, as options and records state it."""
        return f"{self.name}@{self.version}"

    @property
    def generation_hash(self) -> str:
        """Return the content hash of what shapes an answer: not the version or the description."""
        base = self.name.partition("@")[0]
        cut = {
            "prefixes": self.cut.prefixes,
            "after": self.cut.after,
            "first_line": self.cut.first_line,
            "max_sentences": self.cut.max_sentences,
            "quotes": self.cut.quotes,
        }
        return content_hash([base, self.mode, self.messages, self.examples, self.stop, self.max_tokens, cut])
